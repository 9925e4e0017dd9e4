"""Rules that compile their builders late build the same addresses."""

from __future__ import annotations

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.routing.exceptions import BuildError

from delphi.web.url_rules import LateRule

RULES = (
    ("/studies/<slug>/rounds/<int:number>", "round", {"slug": "a b", "number": 2, "show": "x y"}),
    ("/studies/<slug>/files/<path:name>", "file", {"slug": "ü", "name": "a/b.csv"}),
    ("/", "home", {}),
)


@pytest.mark.parametrize(("rule", "endpoint", "values"), RULES)
@pytest.mark.parametrize("append_unknown", [True, False])
def test_an_address_is_the_one_that_werkzeug_builds(rule, endpoint, values, append_unknown):
    late, usual = (Map([kind(rule, endpoint=endpoint)]).bind("delphi.example") for kind in (LateRule, Rule))
    for _ in range(2):
        assert late.build(endpoint, values, append_unknown=append_unknown) == usual.build(
            endpoint, values, append_unknown=append_unknown
        )


def test_a_value_that_fits_no_rule_is_refused_as_before():
    late = Map([LateRule("/rounds/<int:number>", endpoint="round")]).bind("delphi.example")
    with pytest.raises(BuildError):
        late.build("round", {})


def test_nothing_is_compiled_until_an_address_is_built(app, monkeypatch):
    compiled = []
    monkeypatch.setattr(Rule, "_compile_builder", lambda rule, unknown: compiled.append(rule.rule))
    Map([LateRule("/rounds/<int:number>", endpoint="round")])
    assert compiled == []
    assert all(isinstance(rule, LateRule) for rule in app.url_map.iter_rules())
