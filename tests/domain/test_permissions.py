"""Who may do what: the policy, held against a table written down a second time, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from delphi.domain.actors import ROLE_WORDS, Clock, Operator, PanellistActor, Role, TeamMember
from delphi.domain.errors import NotAllowed
from delphi.domain.ids import AccountId, PanellistId, StudyId
from delphi.domain.permissions import POLICY, Permission, is_allowed, permissions_table, require

HERE, ELSEWHERE = StudyId(1), StudyId(2)
MARKS = "LRCDAVO"
"""Lead, researcher, co-researcher, data entry, analyst, advisory, observer: the order of the roles."""

# What a steering group would check: a letter for each role, then P for the panellist themselves,
# M for the operator of the machine, T for the platform's clock.
TABLE = {
    "ADD_ACCOUNTS": "M",
    "IMPORT_STUDY": "L M",
    "SEE_STUDY": "LRCDAVO M",
    "EDIT_STUDY": "LR",
    "MANAGE_TEAM": "L M",
    "EXPORT_STUDY": "LR M",
    "SEAL_STUDY": "L",
    "SIGN_OFF": "LRC",
    "MANAGE_PANEL": "LR",
    "SEE_IDENTITY": "LR",
    "ENTER_FORMS": "LRD",
    "RUN_ROUNDS": "LR",
    "RUN_CLOCK": "LR T",
    "SEE_PROGRESS": "LRCDAO",
    "SEE_RESULTS": "LRCA",
    "ANALYSE": "LRA",
    "REVIEW_COMMENTS": "LRC",
    "WRITE_DRAFTS": "LRC",
    "DECIDE": "LRC",
    "PUBLISH": "LR",
    "RECORD_DEVIATION": "LR",
    "RECORD_ADVICE": "LRV",
    "FINISH_STUDY": "L",
    "VERIFY": "LRCA M",
    "SEE_AUDIT": "LR M",
    "ANSWER": "LRD P",
    "LEAVE": "LR P",
    "READ_FEEDBACK": "LRCDAVO P",
}

ACTORS = {
    **{
        mark: TeamMember(AccountId(1), HERE, frozenset({role}))
        for mark, role in zip(MARKS, Role, strict=True)
    },
    "P": PanellistActor(PanellistId(1), HERE, "K7Q2"),
    "M": Operator(),
    "T": Clock(),
}


@pytest.mark.parametrize("permission", Permission, ids=lambda permission: permission.name)
@pytest.mark.parametrize("mark", ACTORS)
def test_every_actor_may_do_exactly_what_the_table_says(mark, permission):
    assert is_allowed(ACTORS[mark], permission) == (mark in TABLE[permission.name])


def test_every_permission_has_a_policy_and_stands_in_the_table():
    assert set(POLICY) == set(Permission)
    assert set(TABLE) == {permission.name for permission in Permission}
    assert all(POLICY.values())


@pytest.mark.parametrize("permission", Permission, ids=lambda permission: permission.name)
@pytest.mark.parametrize("mark", [mark for mark in ACTORS if mark not in "MT"])
def test_nobody_of_another_study_may_do_anything_here(mark, permission):
    actor = ACTORS[mark]
    with pytest.raises(NotAllowed) as refused:
        require(actor, permission, ELSEWHERE)
    assert str(refused.value).startswith(f"You may not {permission.value}.")


@pytest.mark.parametrize("permission", Permission, ids=lambda permission: permission.name)
def test_somebody_without_a_role_may_do_nothing(permission):
    with pytest.raises(NotAllowed, match="ask the study lead"):
        require(TeamMember(AccountId(1), HERE, frozenset()), permission, HERE)


def test_several_roles_add_up():
    both = TeamMember(AccountId(1), HERE, frozenset({Role.DATA_ENTRY, Role.ANALYST}))
    require(both, Permission.ENTER_FORMS, HERE)
    require(both, Permission.ANALYSE, HERE)
    with pytest.raises(NotAllowed):
        require(both, Permission.SEAL_STUDY, HERE)


def test_the_printed_table_names_each_permission_and_everybody_who_has_it():
    rows = dict(line.strip("| ").split(" | ") for line in permissions_table().splitlines()[2:])
    assert list(rows) == [permission.value for permission in Permission]
    words = {
        **{mark: role.value.replace("_", "-") for mark, role in zip(MARKS, Role, strict=True)},
        "P": "the panellist",
        "M": "operator of the machine",
        "T": "the platform's clock",
    }
    for permission in Permission:
        for mark, word in words.items():
            listed = f" {rows[permission.value]} ".replace(";", " ").replace(",", " ")
            assert (f" {word} " in listed) == (mark in TABLE[permission.name]), (permission, word)


def test_the_page_in_the_documentation_is_the_policy():
    page = Path(__file__).parents[2] / "docs" / "permissions.md"
    assert permissions_table() in page.read_text(encoding="utf-8"), "run “delphi docs” and commit the page"


def test_every_role_has_words_and_every_actor_a_reference_without_a_name():
    assert set(ROLE_WORDS) == set(Role)
    assert {mark: actor.reference for mark, actor in ACTORS.items() if mark in "LPMT"} == {
        "L": "account:1",
        "P": "panellist:K7Q2",
        "M": "operator",
        "T": "clock",
    }
