"""Two rounds of a new study, wholly by hand: a team of two and a panel of three in their browsers.

Everything happens on pages. Messages leave through the outbox to a mail server, and their links are what
people follow; the clock is moved, never asked. One panellist has a phone, one has scripts switched off.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime

import lxml.html
import pytest

from delphi.cli.serving import outbox_loop
from delphi.cli.users import link
from delphi.cli.verify import verify
from delphi.config import Settings
from delphi.domain.study_archive import StudyBundle, write_archive
from delphi.domain.study_file import from_plain
from delphi.unit_of_work import outbox_ready
from tools.small_study import small_plain

pytestmark = [pytest.mark.browser, pytest.mark.both_databases]

SLUG = "by-hand"
HOME = f"/studies/{SLUG}"
SECTIONS = {"first-steps": "First steps", "next-steps": "Next steps", "last-steps": "Last steps"}
CLEAR, FEASIBLE = "This section is easy to understand.", "This could be done in my area."
WORDS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")

# What each panellist says in each round: section to (clear, feasible). The report is held against this.
ROUND_1 = {
    "Ada": {"first-steps": (5, 4), "next-steps": (2, 2), "last-steps": (4, 4)},
    "Ben": {"first-steps": (4, 4), "next-steps": (1, 3), "last-steps": (4, 5)},
    "Cleo": {"first-steps": (5, 5), "next-steps": (4, 2), "last-steps": (2, 4)},
}
ROUND_2 = {
    "Ada": {"next-steps": (4, 4), "last-steps": (4, 4)},
    "Ben": {"next-steps": (5, 4), "last-steps": (4, None)},
    "Cleo": {"next-steps": (4, 5), "last-steps": (2, 4)},
}
AFTER_ROUND_1 = {
    "First steps": ("Keep", ""),
    "Next steps": ("Revise", ""),
    "Last steps": ("Re-rate", "One of three would not follow."),
}
AFTER_ROUND_2 = {
    "Next steps": ("Keep", ""),
    "Last steps": ("Report as no agreement", "One of three still would not follow."),
}
COMMENTS = {"Ada": "Say who helps.", "Cleo": "Too many steps at once."}


# --- The machine ----------------------------------------------------------------------------------------


@pytest.fixture
def port(free_port):
    return free_port()


@pytest.fixture
def settings(database_url, tmp_path, port, mailbox):
    return Settings(
        instance=tmp_path,
        secret_key="only-for-tests",
        database_url=database_url,
        base_url=f"http://127.0.0.1:{port}",
        mail_url=f"smtp://127.0.0.1:{mailbox.port}",
    )


@pytest.fixture
def served(app, settings, small_study, address, moved_clock):
    """The platform as `delphi serve` runs it, pages, clock and mail, on the day that the study begins.

    The small study is there before the platform runs: a database in use cannot be copied.
    """
    moved_clock.put_to(datetime(2025, 2, 10, 9, tzinfo=UTC))
    with outbox_loop(app, settings):
        yield


# --- The people -----------------------------------------------------------------------------------------


@pytest.fixture
def bring_in(app, windows, small_study):
    """Somebody of the team at a browser, signed in by a one-time link that the command line printed."""

    def bring(email):
        printed = app.test_cli_runner().invoke(link, [email])
        assert printed.exit_code == 0, printed.output
        somebody = windows.open().open(printed.output.strip().splitlines()[-1])
        return somebody.press("Sign in").at("Your studies")

    return bring


def study_file():
    """The small study with a third section, and a rule that one in three can overturn."""
    plain = small_plain()
    plain["study"] |= {"slug": SLUG, "title": "A study by hand", "short_title": "By hand"}
    share = {"statistic": "share", "band": "agree", "of": "pooled", "at_least": 75}
    plain["consensus_rule"] |= {
        "text": "Agreed: at least 75% of everybody on both criteria.",
        "min_ratings_per_panel": 1,
        "outcomes": [{"outcome": "agreed", "when": share}, {"otherwise": "not_agreed"}],
    }
    plain["rounds"][0] |= {"opens": date(2025, 3, 3), "closes": date(2025, 3, 14), "reminders": []}
    plain["rounds"][0]["items"] = dict.fromkeys(SECTIONS, 1)
    plain["rounds"][1] |= {"opens": date(2025, 4, 7), "closes": date(2025, 4, 18)}
    texts = {f"sections/{code}.md": f"# {title}\n\nTake {code}.\n" for code, title in SECTIONS.items()}
    plain["sections"] = [
        {"id": code, "title": title, "drafts": {1: {"standard": f"sections/{code}.md"}}}
        for code, title in SECTIONS.items()
    ]
    return write_archive(StudyBundle(from_plain(plain), texts, {}))


def set_up(lead):
    """Bring the study from its file, and a second member into its team; the one who brings it leads it."""
    lead.follow("Import a study file")
    lead.send_file("The study file", "by-hand.zip", study_file(), "application/zip").press("Set up the study")
    lead.sees("The study is set up. You lead it.").follow("Settings").follow("People and roles")
    lead.at("1 person is in the study team").fill("E-mail address", "second@small.example")
    lead.tick("Researcher").press("Add to the team").follow("Settings").follow("People and roles")
    lead.at("2 people are in the study team")


def seal(lead, second):
    """Both sign the rule; the lead seals it."""
    lead.follow("Rule").at("The rule").press("Sign as Sam Lead").sees("You have signed the rule.")
    second.follow("By hand").follow("Rule").press("Sign as Ash Second")
    lead.follow("Rule").tick("I have read what will be sealed").press("Seal the study")
    lead.sees("The study is sealed and has started.")


def sign_off(lead, second, title, number=1):
    """Put a draft forward, sign it twice, publish it."""
    for signer, name in ((lead, "Sam Lead"), (second, "Ash Second")):
        signer.follow("Drafts").at("Drafts").follow(title).at(f"Draft {number}")
        if signer is lead:
            signer.press("Put it forward").sees(f"Draft {number} waits for sign-off.")
        signer.press(f"Sign as {name}").sees(f"You have signed draft {number}.")
    second.press("Publish this draft").sees(f"Draft {number} is published.")


def add_panel(lead):
    """One person by hand, two from a list whose first try has a mistake; then invite all."""
    lead.follow("Panel").at("Panel").follow("Add a person").at("Add a person")
    lead.fill("Name", "Ada").choose("Stakeholder group", "People who use services")
    lead.fill("E-mail address", "ada@panel.example").press("Add this person").sees("Ada is on the panel")
    rows = "name,group,email\nBen,{},ben@panel.example\nCleo,workers,cleo@panel.example\n"
    for group, heading in (("carer", "1 thing to correct"), ("carers", "Add 2 people to the panel?")):
        lead.follow("Panel").follow("Import a list (CSV)").at("Import a list of people")
        lead.send_file("The file", "people.csv", rows.format(group).encode(), "text/csv")
        lead.press("Look at the list").at(heading)
    lead.press("Add them to the panel").sees("2 people are on the panel now.")
    lead.follow("Invite 3 people").press("Send the invitations").sees("3 invitations leave")


def join(window, letters, name):
    """Follow the invitation, read, tick, take part."""
    window.open(letters.link_in(f"{name.lower()}@panel.example", "invitation")).at("You are invited")
    window.press("Continue").at("Decide if you want to take part")
    window.press("Agree and take part").sees("Please check 2 things")
    window.tick("I have read the information.", "I agree to take part.").press("Agree and take part")
    window.at("The study has not opened yet").sees("Thank you. You are taking part.")


def rate(window, answers, comment=""):
    """Answer the questions of the section that is open."""
    for question, value in zip((CLEAR, FEASIBLE), answers, strict=True):
        window.answer(question, "I can't say" if value is None else WORDS[value - 1])
    if comment:
        window.fill("What would you change?", comment)
    window.press("Save and continue")


def send(window):
    """Look at everything once more and send it."""
    window.at("Check your answers, then send").press("Send my answers").at("Your answers are sent")


def first_round(panel, letters):
    """Everybody reads and rates three sections."""
    for name, window in panel.items():
        window.open(letters.link_in(f"{name.lower()}@panel.example", "round 1 is open"))
        window.press("Continue").at("Your sections in round 1").press("Start: First steps")
        for code, title in SECTIONS.items():
            window.at(title)
            rate(window, ROUND_1[name][code], COMMENTS.get(name, "") if code == "next-steps" else "")
        send(window)


def answer_comments(second):
    """Read both comments, show them, answer them."""
    second.follow("Comments").at("Comments: 2 left to answer")
    for heading in ("Comments: 1 left to answer", "All 2 comments are answered"):
        second.tick("Show", "Accepted").fill("Reason, as the panel will read it", "You are right.")
        second.press("Save and go to the next").at(heading)


def decide(member, number, decisions):
    """Decide about every section of a round."""
    for title, (words, reason) in decisions.items():
        member.follow("Rounds").follow("Decisions").follow(title).at(title)
        member.page.get_by_role("radio", name=re.compile(words)).check()
        member.fill("Reason", reason).press("Save the decision").sees("The decision is saved.")


def sign_decisions(*signers):
    """Everybody signs all decisions."""
    for signer, name in signers:
        signer.follow("Rounds").follow("Decisions").press(f"Sign as {name}").sees("You have signed")


def rewrite(lead, second):
    """A new draft of one section, with what it answers; the other section is put again as it is."""
    lead.follow("Drafts").follow("Next steps").follow("Begin draft 2").at("Write draft 2")
    lead.fill("Standard text", "# Next steps\n\nTake one small step, with somebody beside you.\n")
    lead.press("Save draft 2").at("Draft 2, against draft 1").follow("Write it").at("You said, we did")
    lead.fill("What changed, in a sentence or two", "One step at a time, and not alone.")
    lead.tick("Material", "No: the meaning changed").fill("Why", "There is somebody beside you now.")
    lead.fill("You said", "There were too many steps.").fill("We did", "We ask for one step.")
    lead.fill("From comments", "C1, C2").press("Save").sees("is saved")
    sign_off(lead, second, "Next steps", 2)
    lead.follow("Drafts").follow("Last steps").follow("Write it").at("You said, we did")
    lead.fill("What changed, in a sentence or two", "Nothing: please read the reasons.")
    lead.fill("Why", "Not a word changed.").press("Save").sees("is saved")


def publish(lead, number):
    """Look at what the panel will see, and publish it."""
    lead.follow("Feedback").at(f"Publish the feedback of round {number}").sees("3 people will see")
    lead.tick("I have looked at what the panel will see").press("Publish the feedback")
    lead.sees(f"The feedback of round {number} is published.")


def close(lead, number):
    """The lead closes a round early."""
    lead.follow("Rounds").at(f"Round {number} is open: 3 of 3 have finished").unfold("Close the round now")
    lead.tick("Accept no more answers from now on").press(f"Close round {number}").sees("is closed.")


def analyse(lead, number):
    """The lead has a closed round analysed."""
    lead.follow("Rounds").tick("Every form is in").press(f"Analyse round {number}")
    lead.sees(f"Round {number} is analysed.")


def open_second(lead):
    """Choose the drafts, put the dates into force, and open by hand before the day."""
    lead.follow("Rounds").at("Round 2").choose("Draft of Next steps", "Draft 2")
    lead.choose("Draft of Last steps", "Draft 1").press("Save the plan").sees("The plan is saved.")
    lead.press("Arm round 2").sees("Round 2 is armed").tick("Open it now and tell the panel")
    lead.press("Open round 2").at("Round 2 is open: 0 of 3 have finished")


def second_round(panel, letters):
    """Everybody sees what changed and what they said last time, and rates two sections again."""
    for name, window in panel.items():
        window.open(letters.link_in(f"{name.lower()}@panel.example", "round 2 is open"))
        window.press("Continue").at("Your sections in round 2").press("Start: Next steps")
        window.at("Next steps").sees("Since you last rated", "We changed it.", "We ask for one step.")
        said = WORDS[ROUND_1[name]["next-steps"][0] - 1]
        window.sees(said)
        rate(window, ROUND_2[name]["next-steps"])
        window.at("Last steps").sees("Not a word was changed.")
        rate(window, ROUND_2[name]["last-steps"])
        send(window)


# --- What comes out -------------------------------------------------------------------------------------


def expected_figures():
    """What the report has to say of everybody: (round, section, criterion) to the counts of 1 to 5."""
    counts = {}
    for number, said in ((1, ROUND_1), (2, ROUND_2)):
        for answers in said.values():
            for section, values in answers.items():
                for criterion, value in zip(("clear", "feasible"), values, strict=True):
                    key = (str(number), section, criterion)
                    counts.setdefault(key, Counter()).update([value] if value else [])
    return {
        key: {str(value): found[value] for value in range(1, 6)}
        # Fewer than three people are never shown.
        if found.total() >= 3
        else {}
        for key, found in counts.items()
    }


def check_report(packed):
    """Every figure is what the three people said; outcomes and decisions are the team's and the rule's."""
    with zipfile.ZipFile(packed) as archive:
        files = {name.split("by-hand-")[1]: archive.read(name) for name in archive.namelist()}
    found, ends = {}, {}
    for row in csv.DictReader(io.StringIO(files["data.csv"].decode("utf-8-sig"))):
        if row["unit_kind"] != "everyone":
            assert row["display"] == "hidden", "a group of one is never shown"
            continue
        figures = found.setdefault((row["round"], row["section"], row["criterion"]), {})
        ends[row["round"], row["section"]] = (row["outcome"], row["decision"])
        if row["measure"].startswith("count_"):
            figures[row["measure"].removeprefix("count_")] = int(row["value"])
    assert found == expected_figures()
    assert ends == {
        ("1", "first-steps"): ("agreed", "keep"),
        ("1", "next-steps"): ("not_agreed", "revise"),
        ("1", "last-steps"): ("not_agreed", "rerate_unchanged"),
        ("2", "next-steps"): ("agreed", "keep"),
        ("2", "last-steps"): ("not_agreed", "report_no_agreement"),
    }
    report = lxml.html.fromstring(files["report.html"]).text_content()
    assert "2 of 3 sections were agreed." in report
    assert "67% of everyone (2 of 3) agreed" in report
    assert "We ask for one step." in report
    assert {"report.json", "report.pdf", "report.xlsx", "codebook.csv"} <= files.keys()


# --- The walk -------------------------------------------------------------------------------------------


def test_two_rounds_by_hand(served, bring_in, windows, app, mailbox, moved_clock, tmp_path):
    lead, second = bring_in("lead@small.example"), bring_in("second@small.example")
    set_up(lead)
    second.open("/studies")
    seal(lead, second)
    for title in SECTIONS.values():
        sign_off(lead, second, title)
    add_panel(lead)
    panel = {
        "Ada": windows.open(360),
        "Ben": windows.open(1280, scripts=False),
        "Cleo": windows.open(1280),
    }
    for name, window in panel.items():
        join(window, mailbox, name)

    lead.follow("Rounds").at("Round 1").press("Arm round 1").sees("Round 1 is armed")
    moved_clock.put_to(datetime(2025, 3, 3, 8, tzinfo=UTC))
    outbox_ready.set()
    first_round(panel, mailbox)
    close(lead, 1)
    analyse(lead, 1)
    answer_comments(second)
    decide(second, 1, AFTER_ROUND_1)
    sign_decisions((lead, "Sam Lead"), (second, "Ash Second"))
    rewrite(lead, second)
    publish(lead, 1)
    moved_clock.put_to(datetime(2025, 4, 1, 8, tzinfo=UTC))
    open_second(lead)
    second_round(panel, mailbox)
    moved_clock.put_to(datetime(2025, 4, 19, 8, tzinfo=UTC))
    outbox_ready.set()
    lead.open(f"{HOME}/rounds/2").waits_for("Round 2 is closed")
    analyse(lead, 2)
    decide(lead, 2, AFTER_ROUND_2)
    sign_decisions((second, "Ash Second"), (lead, "Sam Lead"))
    publish(lead, 2)
    lead.follow("Report").tick("The study is at its end").press("Finish the study")
    lead.sees("The study is finished. Its reports are final.")
    for window in panel.values():
        window.open(f"{HOME}/taking-part").at("This study is finished")
    said = app.test_cli_runner().invoke(verify, [SLUG])
    assert said.exit_code == 0, said.output
    assert "Everything that was checked is as it was recorded." in said.output
    lead.follow("Report")
    check_report(lead.download("Download everything as one .zip", tmp_path))
