"""The switch "Safe to share": what may leave the team, and nothing before the panel has it (E26, E34)."""

from __future__ import annotations

import pytest

from delphi.services.deletion import stop_and_delete
from tools.small_study import SECTIONS

RESULTS = "/studies/small-study/rounds/1/results"
SAFE = f"{RESULTS}?share=safe"


@pytest.fixture
def analysed(small_study):
    """Nine people of three groups; people of one group differ, the other two are of one mind."""
    small_study.codes = small_study.started(3)
    for place, code in enumerate(small_study.codes):
        point = (5, 4, 2)[place % 3] if place < 3 else 5
        for section in SECTIONS:
            small_study.save(code, section=section, ratings={"clear": point, "feasible": 4})
    return small_study.close().analyse()


def csv_lines(lead, share):
    answer = lead.client.post(f"{RESULTS}/file", data=token(lead) | {"share": share, "format": "csv"})
    return answer.headers["Content-Disposition"], answer.get_data(as_text=True)


def token(lead):
    return {"csrf_token": lead.get(RESULTS).tree.xpath("//input[@name='csrf_token']/@value")[0]}


def test_before_the_panel_has_the_figures_they_are_looked_at_and_do_not_leave(lead, analysed):
    page = lead.get(SAFE)
    assert "not shared with the panel yet" in page.text
    assert "Excel" not in page.main
    answer = lead.client.post(f"{RESULTS}/file", data=token(lead) | {"format": "csv"})
    assert answer.status_code == 409, "safe is what is asked for unless something else is said"


def test_afterwards_the_table_leaves_unmarked_and_is_recorded_as_shared(lead, analysed):
    analysed.publish()
    page = lead.get(SAFE)
    assert page.heading == "Round 1: results that are safe to share"
    assert "Not for sharing" not in page.text
    name, text = csv_lines(lead, "safe")
    assert "small-study-round-1-safe.csv" in name
    assert "NOT FOR SHARING" not in text
    assert "Safe to share" in lead.get(RESULTS).main


def test_what_the_panel_does_not_see_is_not_in_it(lead, analysed):
    analysed.publish()
    page = lead.get(SAFE)
    assert "only agree or not" in csv_lines(lead, "safe")[1], "all were of one mind on what is feasible"
    assert "below" not in page.main, "no reason that names a panel's figures"


def test_after_a_deletion_it_stays_as_it_was_shared(lead, analysed):
    analysed.publish()
    before = csv_lines(lead, "safe")[1]
    with analysed.work():
        stop_and_delete(
            study_id=analysed.id, code=analysed.codes[0], actor=analysed.lead, now=analysed.analysed_at
        )
    assert csv_lines(lead, "safe")[1] == before
    page = lead.get(RESULTS)
    assert page.heading == "Round 1: results that are safe to share", (
        "nor does the team have any other figures"
    )
    assert "stay as they were shared" in page.text
    assert "no outcome changes" in page.text
    assert csv_lines(lead, "team")[1] == before
    for other in ("other-rules", "groups"):
        assert "would give the answers back" in lead.get(f"/studies/small-study/rounds/1/{other}", 409).text


def test_after_a_deletion_a_link_to_a_section_leads_to_its_place_in_what_was_shared(lead, analysed):
    analysed.publish()
    with analysed.work():
        stop_and_delete(
            study_id=analysed.id, code=analysed.codes[0], actor=analysed.lead, now=analysed.analysed_at
        )
    answer = lead.client.get(f"{RESULTS}/first-steps")
    assert answer.status_code == 303
    address, _, place = answer.headers["Location"].partition("#")
    assert address == RESULTS
    assert lead.get(address).tree.xpath(f"//tbody[@id='{place}']//th[contains(., 'First steps')]")
    lead.get(f"{RESULTS}/no-such-section", 404)


def test_who_may_not_see_results_does_not_see_these_here(sign_in_as, analysed):
    sign_in_as("clerk").get(SAFE, 403)
