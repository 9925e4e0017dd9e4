"""What two reporting checklists ask for, in our own short words, and what the record can say to it.

Numbers, order and meaning were written down from memory and are to be compared with the originals before a
release prints an item number; until then every export says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item: `facts` are names of what the record can say to it, `to_write` is what it cannot."""

    id: str
    part: str
    asks: str
    facts: tuple[str, ...] = ()
    to_write: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A checklist by its short name, and where the original is."""

    name: str
    doi: str
    items: tuple[Item, ...]


def _items(rows: str) -> tuple[Item, ...]:
    """One item a line: id | part | asks for | facts | to write."""
    found = []
    for line in rows.strip().splitlines():
        number, part, asks, facts, to_write = (cell.strip() for cell in line.split("|"))
        found.append(Item(number, part, asks, tuple(facts.split()), to_write))
    return tuple(found)


ACCORD = Checklist(
    "ACCORD",
    "10.1371/journal.pmed.1004326",
    _items(
        """
T1 | Title | that the title names the method | title |
I1 | Introduction | why a consensus exercise, and not another approach | | the reason
I2 | Introduction | aim, readers and reach | aim region | who shall read it
I3 | Introduction | for an update: why, and of what | | whether it is an update
M1 | Registration | where it was registered before the start | seal | the registration, or that there is none
M2 | People | who directed it, with what expertise | team | expertise, and how they were chosen
M3 | People | criteria for panellists and why so many | groups | criteria and the reason for the numbers
M4 | People | how panellists were asked and how many | recruitment | where and by whom they were found
M5 | People | the part of patients, public and carers | team groups advice | their part in each step, in words
M6 | Preparation | how information was gathered beforehand | | sources of the first drafts
M7 | Preparation | search strategy and dates | | the search, or that there was none
M8 | Preparation | how evidence was summed up and given to panellists | | the summary, and who received it
M9 | Consensus | the method and the steps to consensus | rounds rule |
M10 | Consensus | how items and answers looked | scale criteria items |
M11 | Consensus | the purpose of each step | rounds | what each round was for
M12 | Consensus | the definition of consensus, and why this one | rule seal | why this definition
M13 | Consensus | whether agreed items came back | tally |
M14 | Consensus | how answers were collected | modes |
M15 | Consensus | how answers were processed and combined | counting software | how comments were coded
M16 | Consensus | piloting | | the pilot, or that there was none
M17 | Consensus | feedback after each step | feedback |
M18 | Consensus | anonymity, and towards whom | anonymity |
M19 | Consensus | the team's part in the panel's decisions | decisions | whether members of the team rated
M20 | Participation | incentives | | payment or thanks, or none
M21 | Participation | adaptations for access | variants modes |
R1 | Results | when it ran, and delays | dates |
R2 | Results | departures from the protocol, and why | deviations |
R3 | Results | numbers and response in each step | response |
R4 | Results | the outcome | outcome |
R5 | Results | items changed or removed | revisions tally |
D1 | Discussion | strengths and limits | response firmness | the discussion
D2 | Discussion | agreement with earlier work | | the comparison
O1 | Other | bodies that endorse it | | endorsements, or none
O2 | Other | interests, and how they were handled | interests | interests of panellists, and the handling
O3 | Other | funding and the funder's part | funding |
"""
    ),
)

DELPHISTAR = Checklist(
    "DELPHISTAR",
    "10.1371/journal.pone.0304651",
    _items(
        """
1 | Title and abstract | that the title names Delphi | title |
2 | Title and abstract | a structured abstract | outcome | the abstract; the summary is a draft
3 | Title and abstract | variant and key figures in the abstract | rounds recruitment | the abstract
4 | Context | funding | funding |
5 | Context | the team: disciplines, institutions | team | disciplines and institutions
6 | Context | experience with the method, or advice | | the experience
7 | Context | background; ethics and consent | ethics recruitment | the background
8 | Context | protocol or registration | seal | where the protocol can be read
9 | Context | the aim of the Delphi | aim |
10 | Context | why Delphi answers the question | | the reason
11 | Knowledge | which perspectives matter | groups | why these
12 | Knowledge | perspectives that are missing | recruitment response | which, and how that was handled
13 | Variant | type of Delphi | rounds rule |
14 | Variant | reasons for the type and for changes | deviations | the reason for the type
15 | Panel | criteria for experts | groups | the criteria
16 | Panel | how experts were found | | how they were found
17 | Panel | recruitment and later additions | recruitment |
18 | Questionnaire | how its content came about | advice revisions | sources of the first drafts
19 | Questionnaire | the questionnaire of every round | scale criteria items |
20 | Questionnaire | piloting | | the pilot, or that there was none
21 | Rounds | the number of rounds | rounds |
22 | Rounds | the aim of each round | rounds | what each round was for
23 | Rounds | when to end, and why | rule | why this stop rule
24 | Feedback | what was fed back | feedback |
25 | Feedback | how it was shown | feedback variants |
26 | Feedback | the same for all, or by group; dissent | feedback groups |
27 | Analysis | of numbers and of text | counting comments | how comments were coded
28 | Analysis | the definition of consensus | rule seal |
29 | Analysis | dissent, groups and weights | rule firmness |
30 | Analysis | software | software |
31 | Results | a picture of the process | flow |
32 | Results | events and departures on the way | dates deviations |
33 | Results | people invited and taking part | response |
34 | Results | results of each round and the end | items outcome |
35 | Discussion | the main findings | outcome | the discussion
36 | Discussion | validity | firmness | the discussion
37 | Discussion | reliability | firmness software | the discussion
38 | Discussion | limits | response deviations | the discussion
"""
    ),
)

CHECKLISTS = (ACCORD, DELPHISTAR)
