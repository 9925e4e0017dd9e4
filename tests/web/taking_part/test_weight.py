"""How much a page weighs, which a panellist on a slow connection pays for: the demo has the longest."""

from __future__ import annotations

import gzip

import pytest

from delphi.extensions import db
from delphi.models.panellists import Invitation, Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.round_outline import round_outline
from delphi.web.access import PANEL_KEY

LONGEST, LONGEST_SENT = 60_000, 12_000
"""A page with feedback, as it is and as a web server sends it compressed; in bytes."""


@pytest.fixture(scope="module")
def pages(played_demo):
    """Every page with feedback in the played demo, for somebody who answered every round; by address."""
    app = played_demo.app
    with app.app_context():
        study = db.session.get_one(Study, played_demo.study_id)
        key = db.session.execute(
            db.select(Invitation.id, Invitation.generation)
            .join(Panellist, Panellist.id == Invitation.panellist_id)
            .where(Panellist.study_id == study.id, Panellist.state == "active")
            .order_by(Panellist.id)
        ).first()
        root = f"/studies/{study.slug}/taking-part"
        addresses = []
        numbers = db.session.scalars(
            db.select(Round.number).where(Round.study_id == study.id, Round.state == "published")
        )
        for number in numbers:
            codes = [section.code for section in round_outline(study, number).sections]
            addresses += [f"{root}/feedback/{number}"]
            addresses += [f"{root}/feedback/{number}/sections/{code}" for code in codes]
            addresses += [f"{root}/round-{number}/sections/{code}" for code in codes]
        slug = study.slug
    client = app.test_client()
    with client.session_transaction() as session:
        session[PANEL_KEY] = {slug: [key.id, key.generation]}
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address.removeprefix(root)] = answer.get_data()
    return found


@pytest.mark.slow
def test_no_page_of_the_demo_with_feedback_is_heavier_than_a_slow_connection_bears(pages):
    assert len(pages) > 20
    heavy = {address: len(html) for address, html in pages.items() if len(html) > LONGEST}
    assert heavy == {}
    sent = {address: len(gzip.compress(html)) for address, html in pages.items()}
    assert {address: n for address, n in sent.items() if n > LONGEST_SENT} == {}
