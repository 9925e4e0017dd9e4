"""Nothing goes to a panel while its texts still say "[to fill in: …]"."""

from __future__ import annotations

from delphi.domain.errors import WrongState
from delphi.domain.states import StudyState
from delphi.models.studies import Study


def require_filled_in_texts(study: Study) -> None:
    """Stop while a study that is being set up has marks in its texts; WrongState says on which pages."""
    if study.state != StudyState.DRAFT:
        return
    # Only while a study is being set up: a server that takes answers never reads whole study files.
    from delphi.queries.settings_page import settings_links

    gaps = [link for link in settings_links(study) if link.n_to_fill_in]
    if not gaps:
        return
    n = sum(link.n_to_fill_in for link in gaps)
    pages = ", ".join(f"“{link.title}”" for link in gaps)
    raise WrongState(
        f"{n} {'place' if n == 1 else 'places'} in the texts for the panel still "
        f"{'says' if n == 1 else 'say'} “[to fill in: …]”. Fill them in first, in the settings: {pages}."
    )
