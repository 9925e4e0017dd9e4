"""The last guard: every constraint has a sentence for a person, and a real violation brings exactly that one.

Rows are made up from the tables themselves, so a constraint that is added tomorrow is tried without a change
here, and one that lacks its sentence or its violation fails.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, CheckConstraint, Enum, Index, Table, UniqueConstraint, insert

from delphi.domain.errors import InvalidInput
from delphi.extensions import UtcDateTime, db
from delphi.models import studies
from delphi.unit_of_work import unit_of_work

assert studies  # all tables are known once the models are imported

TABLES = db.metadata.tables

VIOLATIONS: dict[str, dict[str, Any]] = {
    "ck_comment_shown_has_text": {"state": "shown", "shown_text": None},
    "ck_consent_record_how": {"how": "smoke"},
    "ck_consent_statement_purpose_is_optional": {"is_optional": False, "purpose": "quotation"},
    "ck_comment_prompt_scope": {"scope": "chapter"},
    "ck_correction_kind": {"kind": "material"},
    "ck_decision_kind": {"kind": "forget"},
    "ck_deviation_has_reason": {"reason": ""},
    "ck_disposition_has_reason": {"reason": ""},
    "ck_disposition_kind": {"kind": "ignored"},
    "ck_disposition_duplicate_of": {"kind": "noted", "duplicate_of_id": 1},
    "ck_draft_published_has_checksum": {"state": "published", "checksum": None},
    "ck_follow_up_says_what": {"what": ""},
    "ck_follow_up_says_who": {"who": ""},
    "ck_identity_can_be_reached": {"email": None, "phone": None, "address": None},
    "ck_late_form_decided_with_reason": {"state": "refused", "reason": ""},
    "ck_meeting_says_who": {"who": ""},
    "ck_meeting_vote_counts": {"n_against": -1},
    "ck_meeting_vote_says_what": {"question": ""},
    "ck_panellist_format": {"format": "braille"},
    "ck_panellist_mode": {"mode": "telepathy"},
    "ck_renewal_part": {"part": "rule"},
    "ck_renewal_says_what": {"summary": ""},
    "ck_renewal_why_not_asked": {"asks_again": False, "reason": ""},
    "ck_revision_change_class": {"change_class": "huge"},
    "ck_revision_comparable": {"comparable": "perhaps"},
    "ck_revision_kind": {"kind": "rewriting"},
    "ck_revision_rerating_keeps_draft": {"kind": "rerating"},
    "ck_round_dates_in_order": {"opens_on": date(2025, 2, 3), "closes_on": date(2025, 2, 2)},
    "ck_round_kind": {"kind": "square"},
    "ck_round_number_from_one": {"number": 0},
    "ck_round_extension_has_reason": {"reason": ""},
    "ck_round_extension_later": {
        "closes_on_before": date(2025, 2, 2),
        "closes_on_after": date(2025, 2, 2),
    },
    "ck_stakeholder_group_target_not_negative": {"target": -1},
    "ck_submission_late_has_reason": {"is_late": True, "late_reason": None},
    "ck_submission_mode": {"mode": "telepathy"},
}
"""One row for each check that breaks this check and no other."""

FITTING: dict[str, dict[str, Any]] = {
    "comment_prompt": {"scope": "section"},
    "consent_record": {"how": "web"},
    "correction": {"kind": "minor"},
    "decision": {"kind": "keep"},
    "disposition": {"kind": "noted"},
    "identity": {"email": "somebody@panel.example"},
    "panellist": {"mode": "self", "format": "standard"},
    "renewal": {"part": "consent", "asks_again": True},
    "revision": {"kind": "revision", "comparable": "no"},
    "round": {"kind": "rating", "number": 1},
    "round_extension": {"closes_on_before": date(2025, 2, 2), "closes_on_after": date(2025, 2, 3)},
    "submission": {"mode": "self", "is_late": False},
}
"""What a made-up row of a table has to say to be accepted at all."""

_numbers = itertools.count(1)


def checks_of_states(table: Table) -> set[str]:
    return {
        f"ck_{table.name}_{column.type.name}" for column in table.columns if isinstance(column.type, Enum)
    }


def guards(*kinds: type) -> list[Any]:
    """Every constraint of these kinds, but for those that list a state's words."""
    return [
        pytest.param(table, constraint, id=str(constraint.name))
        for table in TABLES.values()
        for constraint in sorted([*table.constraints, *table.indexes], key=lambda one: str(one.name))
        if isinstance(constraint, kinds)
        and (not isinstance(constraint, Index) or constraint.unique)
        and str(constraint.name) not in checks_of_states(table)
    ]


def made_up(column: Any) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    if isinstance(column.type, UtcDateTime):
        return datetime(2025, 2, 3, tzinfo=UTC)
    if isinstance(column.type, JSON):
        return {}
    number = next(_numbers)
    values = {str: f"x{number}", int: number, bool: False, bytes: b"x", date: date(2025, 2, 3)}
    return values[column.type.python_type]


def put(table: Table, **given: Any) -> dict[str, Any]:
    """Insert a made-up row, its parents first; what was given stays. Returns the whole row."""
    values = FITTING.get(table.name, {}) | given
    for column in table.columns:
        is_automatic = column.primary_key and not column.foreign_keys and len(table.primary_key) == 1
        if column.name in values or is_automatic or column.nullable:
            continue
        parents = [key.column for key in column.foreign_keys]
        values[column.name] = put(parents[0].table)[parents[0].name] if parents else made_up(column)
    result = db.session.execute(insert(table).values(values))
    keys = dict(zip((column.name for column in table.primary_key), result.inserted_primary_key, strict=True))
    return values | keys


@pytest.mark.parametrize(("table", "constraint"), guards(UniqueConstraint, Index, CheckConstraint))
def test_every_constraint_has_a_sentence(table, constraint):
    sentence = constraint.info.get("sentence", "")
    assert sentence.endswith("."), (
        f"give {constraint.name} info={{'sentence': ...}}, as in delphi/models/base.py"
    )
    assert len(str(constraint.name)) <= 63, "PostgreSQL cuts names after 63 characters"


@pytest.mark.parametrize(("table", "constraint"), guards(UniqueConstraint, Index))
def test_saying_the_same_thing_twice_brings_the_sentence(models_app, table, constraint):
    # Two nulls are different things, so a row without nulls is repeated.
    parents = {c.name: next(iter(c.foreign_keys)).column for c in constraint.columns if c.foreign_keys}
    own = {c.name: made_up(c) for c in constraint.columns if c.nullable and not c.foreign_keys}

    def twice() -> None:
        with models_app.app_context(), unit_of_work():
            first = put(table, **own, **{name: put(key.table)[key.name] for name, key in parents.items()})
            put(table, **{column.name: first[column.name] for column in constraint.columns})

    with pytest.raises(InvalidInput) as refused:
        twice()
    assert str(refused.value) == constraint.info["sentence"]


@pytest.mark.parametrize(("table", "constraint"), guards(CheckConstraint))
def test_a_row_that_breaks_a_check_brings_its_sentence(models_app, table, constraint):
    assert constraint.name in VIOLATIONS, "add a row that breaks this check and no other"
    with models_app.app_context(), pytest.raises(InvalidInput) as refused, unit_of_work():
        put(table, **VIOLATIONS[str(constraint.name)])
    assert str(refused.value) == constraint.info["sentence"]


def test_no_violation_is_left_over_from_a_check_that_is_gone():
    assert set(VIOLATIONS) == {param.values[1].name for param in guards(CheckConstraint)}


@pytest.mark.parametrize("table", [t for t in TABLES.values() if checks_of_states(t)], ids=str)
def test_a_state_that_does_not_exist_is_refused(models_app, table):
    columns = [column.name for column in table.columns if isinstance(column.type, Enum)]
    for name in columns:
        with models_app.app_context(), pytest.raises(InvalidInput), unit_of_work():
            put(table, **{name: "forgotten"})


def test_what_belongs_to_nothing_is_refused_in_plain_words(models_app):
    with models_app.app_context(), pytest.raises(InvalidInput, match="Nothing was saved"), unit_of_work():
        put(TABLES["round"], study_id=10**6)


def test_words_that_are_too_long_are_refused_in_plain_words_where_the_database_counts(models_app):
    with models_app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite keeps texts of any length")
        with pytest.raises(InvalidInput, match="too long"), unit_of_work():
            put(TABLES["study"], title="x" * 1000)
