"""docs/rules.md says what the language and the library say, and its examples are rules."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import yaml

from delphi.cli.rules_page import rules_page
from delphi.consensus.library import PUBLISHED_RULES, PUBLISHED_STOPS
from delphi.domain.rule import Rule
from delphi.domain.rule_tests import AnyTest
from delphi.paths import migrations_folder

DOCS = migrations_folder().parent / "docs"


def examples(page: Path) -> list[dict[str, object]]:
    found = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [yaml.safe_load(text) for text in found]


def test_the_written_page_is_the_code_s() -> None:
    assert rules_page() in (DOCS / "rules.md").read_text(encoding="utf-8"), "run “delphi docs”"


def test_the_page_names_every_statistic_and_every_published_rule() -> None:
    page = rules_page()
    statistics = [
        name for kind in get_args(AnyTest) for name in get_args(kind.model_fields["statistic"].annotation)
    ]
    assert len(statistics) == 28
    for code in (*statistics, *(one.code for one in (*PUBLISHED_RULES, *PUBLISHED_STOPS))):
        assert f"`{code}`" in page


def test_the_examples_of_both_pages_are_rules() -> None:
    (of_rules,) = examples(DOCS / "rules.md")
    (of_file,) = examples(DOCS / "study-file.md")
    Rule.model_validate({"text": "Words", "fixed_on": date(2026, 1, 5)} | of_rules)
    rule = Rule.model_validate(of_file["consensus_rule"])
    assert rule.stop is not None
    assert rule.stop.after_round == 3
