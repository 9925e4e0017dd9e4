"""Rules sealed before the language grew stay valid, and their bytes stay what stands on receipts."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from delphi.consensus.library import PUBLISHED_RULES
from delphi.domain.rule import Rule, canonical, to_dict
from delphi.domain.study_file_yaml import read_study_file
from delphi.paths import demo_folder

DAY = date(2024, 2, 12)
SEALED = {
    "comet-pooled": "b2a8d9e833e440ed4c8b94399413ae3913e3149f4b03db12dda4ae122286d185",
    "comet-every-panel": "049b8c52813acddf3ae977a3e717f8b4ed9179dc29bf3cfdec8bc2257c85307c",
    "eighty-in-every-panel": "bf8eecf3269d7379f1a91a02706f004ca3fcdb2addc73fb0dfb4eff7356f5978",
    "rand-ucla": "d76eb92828b521d935cd64a0390e9f1dc60ecb36cf54eb14d915658da258711c",
    "pooled-and-each-panel": "c3dc5edd66161a37f97f4106dc47f3981c8d49bea85751210c5626d08e8064bc",
}
DEMO = "a688a1e88b33e047b25517302a91bff1bd34f75fdaae0c6bc9ea489c229b737e"


def hash_of(rule: Rule) -> str:
    return hashlib.sha256(canonical(rule)).hexdigest()


@pytest.mark.parametrize("code", SEALED)
def test_a_rule_of_the_first_library_has_the_bytes_it_was_sealed_with(code: str) -> None:
    (published,) = (one for one in PUBLISHED_RULES if one.code == code)
    assert hash_of(published.make(DAY)) == SEALED[code]


def test_the_demo_s_rule_has_the_bytes_it_was_sealed_with() -> None:
    rule = read_study_file((demo_folder() / "study" / "study.yaml").read_bytes()).consensus_rule
    assert hash_of(rule) == DEMO
    assert {"stop", "most_ratings_per_draft"} & to_dict(rule).keys() == set()
