"""Who kept an answer, where those went who did not, and who left, each in a plain sentence.

As in `plain_words`, a sentence claims only what the whole numbers say, and nothing of too few people.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from delphi.consensus.bands import Share
from delphi.consensus.plain_words import Amount, amount, people
from delphi.consensus.two_rounds import FEWEST_PAIRS, Steadiness, TwoRounds

_KEPT = {
    Amount.NOBODY: "Nobody kept their answer",
    Amount.FEW: "Few people kept their answer",
    Amount.FEWER_THAN_HALF: "Fewer than half kept their answer",
    Amount.ABOUT_HALF: "About half of the people kept their answer",
    Amount.MOST: "Most people kept their answer",
    Amount.NEARLY_ALL: "Nearly everybody kept their answer",
    Amount.ALL: "Everybody kept their answer",
}


def movement_in_words(found: TwoRounds) -> str:
    """How many of those who rated both times kept their answer, and where the others went.

    Examples
    --------
    >>> from delphi.consensus.crosstab import CrossTab
    >>> from delphi.consensus.two_rounds import two_rounds
    >>> movement_in_words(two_rounds(CrossTab.of_pairs(1, 5, [(4, 4)] * 8 + [(2, 4), (3, 1)])))
    'Most people kept their answer (8 of 10). Of the 2 who moved, 1 went higher and 1 lower; 1 came closer \
to the median of the round before and 1 went further from it.'
    """
    n, changed = found.n_pairs, found.n_changed
    if n == 0:
        return "Nobody rated it both times."
    if n < FEWEST_PAIRS:
        return (
            f"Too few to say: {people(n)} rated it both times, and {changed or 'nobody'} changed the answer."
        )
    return f"{_KEPT[amount(Share(n - changed, n))]} ({n - changed} of {n}).{_where_to(found)}"


def _where_to(found: TwoRounds) -> str:
    if not found.n_changed:
        return ""
    if found.n_changed == 1:
        way = "higher" if found.n_up else "lower"
        where = "closer to" if found.n_towards else "further from" if found.n_away else "as far from"
        return f" The one who moved went {way}, {where} the median of the round before."
    return (
        f" Of the {found.n_changed} who moved, {found.n_up or 'none'} went higher and "
        f"{found.n_down or 'none'} lower; {found.n_towards or 'none'} came closer to the median of the round "
        f"before and {found.n_away or 'none'} went further from it."
    )


def steadiness_in_words(found: Sequence[TwoRounds]) -> str:
    """On how many items answers held, and whether more of them moved towards the panel or away from it."""
    if not found:
        return "No statement can be compared with a round before."
    kinds = [one.steadiness for one in found]
    n_held, n_judged = kinds.count(Steadiness.STABLE), len(kinds) - kinds.count(Steadiness.TOO_FEW)
    if n_judged == 0:
        return "Too few people rated both times to say whether answers held."
    if n_held == n_judged:
        words = f"Answers held on {_all_of(n_judged)}."
    elif n_held == 0:
        words = f"Answers moved on {_all_of(n_judged)}."
    else:
        words = f"Answers held on {n_held} of {n_judged} statements and moved on {n_judged - n_held}."
    towards, away = sum(one.n_towards for one in found), sum(one.n_away for one in found)
    return f"{words}{_pull(towards, away)}"


def _all_of(n: int) -> str:
    return f"all {n} statements" if n > 1 else "the one statement that can be judged"


def _pull(towards: int, away: int) -> str:
    """Whether answers gathered round the panel's earlier median or left it."""
    if not towards and not away:
        return ""
    if towards == away:
        return f" As many answers moved towards the panel's earlier median as away from it ({towards} each)."
    more = "towards" if towards > away else "away from"
    fewer = "away from it" if towards > away else "towards it"
    numbers = f"{max(towards, away)} against {min(towards, away)}"
    return f" More answers moved {more} the panel's earlier median than {fewer} ({numbers})."


def verdict_in_words(found: TwoRounds) -> str:
    """Why an item counts as stable, as moved, or as neither: the figures beside their limits."""
    if found.steadiness == Steadiness.TOO_FEW:
        return f"{people(found.n_pairs)} rated both times; stability is judged from {FEWEST_PAIRS} on."
    net = found.movement.net_change_pct
    words = f"Net change {_one_decimal(net)}% (limit 15%)"
    if found.cv_counts and found.movement.cv_change is not None:
        words += f", spread changed by {found.movement.cv_change:.2f} (limit 0.2)"
    return f"{words}; {_one_decimal(found.movement.pct_changed)}% changed their answer."


def _one_decimal(value: Fraction | None) -> str:
    """A per cent with at most one decimal."""
    return "" if value is None else f"{float(value):.1f}".removesuffix(".0")


def leaving_in_words(n_back: int, n_left: int, lower: int, higher: int, n_items: int) -> str:
    """Who came back, and on how many items those who left had rated lower or higher than those who stayed.

    `lower` and `higher` are items that the signs of attrition bias point to; nothing is said of them when
    fewer than ten people left or stayed.
    """
    n = n_back + n_left
    if n == 0:
        return "Nobody answered the earlier round."
    if n_left == 0:
        return f"Everybody came back ({n} of {n})."
    words = f"{n_back or 'None'} of {people(n)} came back, {n_left} did not."
    if n_back == 0:
        return words
    if min(n_back, n_left) < FEWEST_PAIRS:
        who = "left" if n_left < FEWEST_PAIRS else "stayed"
        return f"{words} Too few {who} to say whether those who left had rated differently."
    if not lower and not higher:
        return f"{words} Those who left had not rated clearly differently on any of {n_items} statements."
    parts = [f"{way} on {k}" for way, k in (("lower", lower), ("higher", higher)) if k]
    return f"{words} Those who left had rated {' and '.join(parts)} of {n_items} statements."
