"""What other rules would have said, in plain sentences made from the table and nothing else.

Every number and every name in a sentence is one of the table's; a property test reads them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delphi.consensus.flipping import Change, Distance, NoDistance
from delphi.consensus.other_rules import Kind, SectionUnderRules, UnderOtherRules
from delphi.consensus.verdict import VERDICT_WORDS, Verdict
from delphi.consensus.vocabulary import Vocabulary, listed

MOST_NAMES = 5
"""Sections named in a sentence; of more it gives the number."""

RULES = (Kind.PUBLISHED,)
COUNTING = (Kind.SETTING, Kind.PEOPLE)


def study_in_words(found: UnderOtherRules, titles: Mapping[str, str]) -> tuple[str, ...]:
    """How many sections keep their outcome under other rules, and counted in other ways.

    Examples
    --------
    >>> study_in_words(UnderOtherRules((), ()), {})
    ('No section has an outcome yet.',)
    """
    if not found.sections:
        return ("No section has an outcome yet.",)
    n_rules = len(found.asked(*RULES))
    rules = {0: "no other published rule", 1: "the other published rule"}.get(
        n_rules, f"all {n_rules} other published rules"
    )
    if n_rules:
        said = [_kept(found, found.depending(*RULES), titles, f"under {rules}", "depend on the rule")]
        if n_rules > 1 and found.depending(*RULES):
            said.append(_alike(found, n_rules))
    else:
        said = ["No other published rule can be asked of this scale and these panels."]
    if not found.asked(*COUNTING):
        return tuple(said)
    depending = found.depending(*COUNTING)
    where = "however the answers are counted"
    return (*said, _kept(found, depending, titles, where, "depend on how answers are counted"))


def _alike(found: UnderOtherRules, n_rules: int) -> str:
    """How many rules decide all as the sealed one does: one strict rule may flip every section."""
    n = sum(not any(one.differs for one in found.by(way)) for way in found.asked(*RULES))
    what = "it" if len(found.sections) == 1 else "every section"
    verb = "decides" if n == 1 else "decide"
    return f"{n or 'None'} of the {n_rules} rules {verb} {what} as the sealed rule does."


def _kept(
    found: UnderOtherRules,
    depending: Sequence[SectionUnderRules],
    titles: Mapping[str, str],
    where: str,
    depend: str,
) -> str:
    n, n_other = len(found.sections), len(depending)
    depends = depend.replace("depend ", "depends ", 1)
    if n == 1:
        return f"The section {depends}." if n_other else f"The section keeps its outcome {where}."
    if not n_other:
        return f"All {n} sections keep their outcome {where}."
    names = [titles.get(one.code, one.code) for one in depending]
    said = f": {listed(names, 'and')}" if n_other <= MOST_NAMES else ""
    if n_other == n:
        return f"No section keeps its outcome {where}{said}."
    keep = "keeps its" if n - n_other == 1 else "keep their"
    verb = depends if n_other == 1 else depend
    return f"{n - n_other} of {n} sections {keep} outcome {where}; {n_other} {verb}{said}."


def least_firm_in_words(found: UnderOtherRules, titles: Mapping[str, str]) -> str:
    """Which sections most ways decide otherwise; "" without sections or without another way to ask.

    Examples
    --------
    >>> least_firm_in_words(UnderOtherRules((), ()), {})
    ''
    """
    asked = found.asked()
    if not found.sections or not asked:
        return ""
    n_of = {one.code: len(one.differing(asked)) for one in found.sections}
    most = max(n_of.values())
    if not most:
        return "No way decides a section otherwise than the sealed rule."
    least = [one for one in found.sections if n_of[one.code] == most]
    if len(least) > MOST_NAMES:
        return f"{len(least)} sections are the least firm: each is decided otherwise by {_ways(most)}."
    names = listed([titles.get(one.code, one.code) for one in least], "and")
    if len(least) > 1:
        return f"{names} are the least firm: each is decided otherwise by {_ways(most)}."
    n = sum(decided.counts for decided in least[0].decided)
    verb = "decides" if most == 1 else "decide"
    return f"{names} is the least firm: {most} of {_ways(n)} {verb} it otherwise."


def _ways(n: int) -> str:
    return "1 way" if n == 1 else f"{n} ways"


def section_in_words(one: SectionUnderRules, found: UnderOtherRules) -> str:
    """In how many of the ways that can be asked a section keeps its outcome."""
    asked = found.asked()
    codes = {way.code for way in asked}
    n = sum(decided.counts and decided.way in codes for decided in one.decided)
    n_other = len(one.differing(asked))
    words, noun = VERDICT_WORDS[one.verdict], "way" if n == 1 else "ways"
    if not n:
        return f"It is {words}; there is no other way to decide it."
    if not n_other:
        return (
            f"It is {words}, and stays so in {'the one' if n == 1 else f'all {n}'} other {noun} to decide it."
        )
    return f"It is {words}, and comes out otherwise in {n_other} of {n} other {noun} to decide it."


_NONE_WORDS = {
    NoDistance.TOO_FEW_RATINGS: "It takes more ratings, not other ones.",
    NoDistance.NO_ANSWERS_WOULD: "No other answers of these people would change it.",
    NoDistance.LOOKS_FURTHER: (
        "How many other answers would change it cannot be said: the rule looks beyond them, at the round "
        "before, at people who left or at the whole round."
    ),
    NoDistance.TOO_MANY_WAYS: (
        "How many other answers would change it cannot be said: the rule has too many alternatives to try "
        "each."
    ),
}
_NOT_FOUND = "the figures of this rule pull answers two ways, and there are more ways to answer than we try."
_BECOMES = {
    Verdict.AGREED: "It would be agreed",
    Verdict.LEFT_OUT: "It would be agreed to leave it out",
    Verdict.NOT_AGREED: "It would no longer be agreed",
}


def distance_in_words(distance: Distance, vocabulary: Vocabulary) -> str:
    """How far a section is from another outcome: "It would be agreed if 2 more people agreed on “Clear”."."""
    if distance.n_answers is None:
        return _NONE_WORDS[distance.reason or NoDistance.TOO_MANY_WAYS]
    if not distance.is_exact or distance.to is None:
        if distance.n_answers == 1:
            return f"How far it is from changing was not found: {_NOT_FOUND}"
        return f"{_more_than(distance.n_answers - 1)} The exact number was not found: {_NOT_FOUND}"
    becomes = _becomes(distance)
    ifs = listed([_change(one, vocabulary) for one in distance.changes], "and")
    if len(distance.changes) == 1:
        return f"{becomes} if {ifs}."
    return (
        f"{becomes} if {ifs}: {_answers(distance.n_answers)}, of at least {_people(distance.n_people or 0)}."
    )


def distance_in_short(distance: Distance, vocabulary: Vocabulary) -> str:
    """The same for a narrow column: of several statements only how many answers, and by how many people."""
    if distance.n_answers is None:
        return distance_in_words(distance, vocabulary)
    if not distance.is_exact and distance.n_answers > 1:
        return _more_than(distance.n_answers - 1)
    if not distance.is_exact or len(distance.changes) < 2:
        return distance_in_words(distance, vocabulary)
    becomes = _becomes(distance)
    return f"{becomes} if at least {_people(distance.n_people or 0)} changed {_answers(distance.n_answers)}."


def _more_than(n: int) -> str:
    return f"More than {_answers(n)} would have to be different before it changes."


def _becomes(distance: Distance) -> str:
    if distance.verdict is Verdict.LEFT_OUT and distance.to is Verdict.NOT_AGREED:
        return "It would no longer be agreed to leave it out"
    return _BECOMES[distance.to or Verdict.NOT_AGREED]


def _change(change: Change, vocabulary: Vocabulary) -> str:
    on = f"“{vocabulary.criterion(change.criterion).label}”"
    n, agrees = change.n, _is_towards_agreement(change, vocabulary)
    if change.band == "agree" and agrees is not None:
        how = f"{n} {'more' if agrees else 'fewer'} {_noun(n)} agreed on {on}"
    elif change.band == "disagree" and agrees is not None:
        how = (
            f"{n} fewer {_noun(n)} disagreed on {on}" if agrees else f"{n} more {_noun(n)} disagreed on {on}"
        )
    elif change.pull == "other":
        how = f"{_people(n)} answered {on} otherwise"
    else:
        how = f"{_people(n)} answered {change.pull} on {on}"
    return how + _of_whom(change, vocabulary)


def _is_towards_agreement(change: Change, vocabulary: Vocabulary) -> bool | None:
    """Whether answers move into the agree band; None where its end of the scale cannot be told."""
    scale = vocabulary.scale
    end = {"higher": scale.maximum, "lower": scale.minimum}.get(change.pull)
    if end is None:
        return None
    if end in scale.bands["agree"]:
        return True
    return False if end in scale.bands["disagree"] else None


def _of_whom(change: Change, vocabulary: Vocabulary) -> str:
    """Of whom the answers must be, unless anybody's will do."""
    named = [(of, n) for of, n in change.of if of != "pooled"]
    if not named:
        return ""
    words = [f"{n} of {vocabulary.people(of)}" for of, n in named]
    if len(named) == 1 and named[0][1] == change.n:
        who = vocabulary.people(named[0][0])
        return f" (of {who})" if change.n == 1 else f" (all of {who})"
    return f" ({listed(words, 'and')})"


def _answers(n: int) -> str:
    return "1 answer" if n == 1 else f"{n} answers"


def _people(n: int) -> str:
    return "1 person" if n == 1 else f"{n} people"


def _noun(n: int) -> str:
    return "person" if n == 1 else "people"
