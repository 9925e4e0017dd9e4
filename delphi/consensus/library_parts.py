"""Sources, and the parts that published rules are put together from."""

from __future__ import annotations

from datetime import date
from typing import Any

from delphi.domain.rule import Rule

COMET = "Williamson PR et al. The COMET Handbook: version 1.0. Trials 2017;18(Suppl 3):280"
JORM = (
    "Bond KS, Cottrill FA, Blee FL, Kelly CM, Kitchener BA, Jorm AF. Offering mental health first aid to a "
    "person with depression: a Delphi study to re-develop the guidelines published in 2008. "
    "BMC Psychology 2019;7:37"
)
RAND = "Fitch K et al. The RAND/UCLA Appropriateness Method User's Manual. RAND MR-1269, 2001"
DIAMOND = (
    "Diamond IR et al. Defining consensus: a systematic review recommends methodologic criteria for "
    "reporting of Delphi studies. J Clin Epidemiol 2014;67:401-9"
)
GRACHT = (
    "von der Gracht HA. Consensus measurement in Delphi studies. Technol Forecast Soc Change 2012;79:1525-36"
)
CV_BANDS = f"The bands of English and Keran; measures of spread are reviewed in: {GRACHT}; the side is ours"
HEAP = "Expert Delphi on health economics analysis plans. Value Health 2021;24:539-47, table 1"
POLIT = (
    "Polit DF, Beck CT, Owen SV. Is the CVI an acceptable indicator of content validity? Res Nurs Health "
    "2007;30:459-67"
)
AYRE = (
    "Lawshe CH. Pers Psychol 1975;28:563-75; critical values: Ayre C, Scally AJ. Meas Eval Couns Dev "
    "2014;47:79-86"
)
SCHEIBE = (
    "Scheibe M, Skutsch M, Schofer J. Experiments in Delphi methodology. In: Linstone HA, Turoff M, editors. "
    "The Delphi Method. 1975"
)
DAJANI = (
    "Dajani JS, Sincoff MZ, Talley WK. Stability and agreement criteria for the termination of Delphi "
    "studies. Technol Forecast Soc Change 1979;13:83-90"
)
HOLEY = (
    "Holey EA et al. An exploration of the use of simple statistics to measure consensus and stability in "
    "Delphi studies. BMC Med Res Methodol 2007;7:52"
)


def share(of: str = "pooled", *, band: str = "agree", **thresholds: int | str) -> dict[str, Any]:
    """A test of a share of a band."""
    return {"statistic": "share", "band": band, "of": of, **thresholds}


def figure(statistic: str, of: str = "pooled", **settings: Any) -> dict[str, Any]:
    """A test of any other statistic; `is_` stands for `is`."""
    return {"statistic": statistic, "of": of} | {key.removesuffix("_"): one for key, one in settings.items()}


def all_of(*parts: dict[str, Any]) -> dict[str, Any]:
    """Tests that must all hold."""
    return {"all": list(parts)}


def agreed(when: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """An entry that makes a section agreed."""
    return {"outcome": "agreed", **extra, "when": when}


def left_out(when: dict[str, Any], **extra: Any) -> dict[str, Any]:
    """An entry that makes a section agreed to leave out."""
    return {"outcome": "agreed_to_leave_out", **extra, "when": when}


def close(when: dict[str, Any]) -> dict[str, Any]:
    """An entry that makes a section close."""
    return {"outcome": "close", "when": when}


def rule(
    fixed_on: date,
    text: str,
    clauses: list[dict[str, Any]],
    *,
    source: str | None = None,
    min_ratings_per_panel: int = 5,
    **settings: Any,
) -> Rule:
    """A whole rule; what no clause says is not agreed."""
    return Rule.model_validate(
        {
            "text": text,
            "fixed_on": fixed_on,
            "source": source,
            "min_ratings_per_panel": min_ratings_per_panel,
            "outcomes": [*clauses, {"otherwise": "not_agreed"}],
            **settings,
        }
    )
