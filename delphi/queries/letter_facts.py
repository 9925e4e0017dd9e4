"""What messages say of their study, and what a message would say before anybody gets it."""

from __future__ import annotations

from delphi.domain.colours import PLATFORM
from delphi.domain.states import RoundState
from delphi.mail.messages import Address, Contact, Facts, Helper, Message, MessageKind, StudyFacts, render
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.rounds import rounds_of

A_LINK = "[their own personal link]"
A_NAME = "[their name]"


def study_facts(study: Study) -> StudyFacts:
    """What every message says of its study."""
    contact = study.information["contact"]
    return StudyFacts(
        title=study.title,
        short_title=study.short_title,
        language=study.language,
        contact=Contact(str(contact["name"]), contact.get("email"), contact.get("phone")),
        helpers=tuple(
            Helper(str(helper["name"]), str(helper["phone"]))
            for helper in study.information["safety"]["support_contacts"]
        ),
        accent=str(study.look.get("accent") or PLATFORM),
    )


def n_rounds_to_come(study: Study) -> int:
    """How many rounds a study has, without those that were cancelled."""
    return sum(round_.state != RoundState.CANCELLED for round_ in rounds_of(study.id))


def sample_message(
    kind: MessageKind, study: Study, round_: Round | None, changes: tuple[str, ...] | None = None
) -> Message:
    """A message as it would be written now, with a place for each person's name and link."""
    facts = Facts(
        link=A_LINK,
        round_number=round_.number if round_ else None,
        n_rounds=n_rounds_to_come(study),
        closes_on=round_.closes_on if round_ else None,
        changes=changes,
    )
    nobody = Address("somebody@panel.example", A_NAME)
    return render(kind, facts, to=nobody, study=study_facts(study), sender=nobody.email)
