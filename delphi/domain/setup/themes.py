"""The pages of a study's settings, and what can be filled in on each."""

from __future__ import annotations

from delphi.domain.errors import NotFound
from delphi.domain.setup.fields import Field, Kind, Rows, Theme, Title

EASY = "In Easy Read"
EASY_HINT = "Short words, one thought in a sentence. Leave it empty to show the standard words."

ROUND_KINDS = {
    "mixed": "Rating and comments",
    "rating": "Rating",
    "comments": "Comments only",
    "open": "Open: questions in words only",
}
SECTION_KINDS = {
    "guidance": "Guidance",
    "case_study": "Case study",
    "tool": "Tool",
    "figure": "Figure",
    "statement": "Single statement",
    "introduction": "Introduction: shown, never rated",
}
PURPOSES = (
    ("results", "To be told the results"),
    ("named_thanks", "To be thanked by name"),
    ("quotation", "To be quoted"),
    ("archive", "To keep answers for later research"),
    ("contact_again", "To be asked again"),
)
ONE_OR_TWO = (("two", "Two people, one of them the study lead"), ("one", "One person"))

NAMES = Theme(
    "names",
    "Name and place",
    "What the study is called, and where it runs.",
    (
        Field("study.title", "Title", hint="As it stands in the report.", is_open=True),
        Field(
            "study.short_title", "Short title", hint="Stands at the top of every page and mail.", is_open=True
        ),
        Field("study.language", "Language", hint="A language tag, such as en-GB or cy."),
        Field("study.timezone", "Time zone", hint="Such as Europe/London. Rounds open and close there."),
    ),
)

CONTACT = Theme(
    "contact",
    "Contact and support",
    "Whom people ask, and who helps when somebody is upset or in danger: on every page of the panel.",
    (
        Field("information.contact.name", "Who answers questions", is_open=True),
        Field("information.contact.phone", "Telephone", is_needed=False, is_open=True),
        Field("information.contact.email", "E-mail address", is_needed=False, is_open=True),
        Title("When somebody may be at risk"),
        Field("information.safety.named_person", "Who in the team is told at once", is_open=True),
        Field("information.safety.phone", "Their telephone", is_open=True),
        Field("information.safety.procedure", "What they do", Kind.TEXT, is_open=True),
        Rows(
            "information.safety.support_contacts",
            "Who helps",
            "Helper",
            (
                Field("name", "Name", is_open=True),
                Field("phone", "Telephone", is_open=True),
            ),
            hint="Shown at the foot of every page of the panel, with what they are for.",
            is_open=True,
        ),
    ),
)

INFORMATION = Theme(
    "information",
    "About the study",
    "What people read before they decide whether to take part. All of it is printed in the report too.",
    (
        Field(
            "information.plain_summary", "In plain words", Kind.TEXT, "The first thing people read.", lines=5
        ),
        Field("information.aim", "What it is for", Kind.TEXT, lines=3),
        Field("information.organisation", "Which organisation runs it"),
        Field("information.region", "Region", is_needed=False),
        Field("information.funder", "Who pays"),
        Field("information.funder_role", "What the funder decides, and what not", Kind.TEXT, lines=3),
        Field("information.sponsor", "Sponsor", is_needed=False),
        Field("information.ethics_reference", "Ethics reference", is_needed=False),
        Field(
            "information.licence", "Licence of texts and pictures", is_needed=False, hint="Such as CC BY 4.0."
        ),
        Title("Personal data"),
        Field("information.controller", "Who answers for the personal data"),
        Field("information.dpo.name", "Data protection officer", is_needed=False),
        Field("information.dpo.email", "Their e-mail address", is_needed=False),
        Field("information.dpo.phone", "Their telephone", is_needed=False),
        Rows(
            "information.competing_interests",
            "Competing interests",
            "Interest",
            (Field("who", "Who"), Field("interest", "What", Kind.TEXT, "“None.” is an answer too.", lines=2)),
        ),
        Rows(
            "information.easy_read_summary",
            "The Easy Read summary",
            "Line",
            (
                Field("picture", "Picture", Kind.CHOICE, options_from="pictures"),
                Field("text", "One short sentence"),
            ),
            hint="One picture and one sentence a line. Pictures are added on the page “Pictures”.",
        ),
    ),
)

DOCUMENTS = Theme(
    "documents",
    "Information pages",
    "Longer pages that people can read before they decide, such as the information sheet.",
    (
        Rows(
            "documents",
            "Pages",
            "Page",
            (
                Field("title", "Title"),
                Field("version", "Version", hint="Such as 1.0."),
                Field("date", "Dated", Kind.DAY),
                Field(
                    "texts.standard",
                    "Text",
                    Kind.TEXT,
                    "Begin with # and the title. ## begins a heading, * a list, ** makes bold.",
                    is_needed=False,
                    lines=14,
                ),
                Field("texts.easy_read", EASY, Kind.TEXT, is_needed=False, lines=8),
            ),
            identity="id",
            named_after="title",
        ),
    ),
)

CONSENT = Theme(
    "consent",
    "Consent",
    "What people agree to. Each statement has its own tick, and nothing is ticked in advance.",
    (
        Field(
            "consent.version", "Version", hint="Give a changed text a new version once somebody has agreed."
        ),
        Field("consent.date", "Dated", Kind.DAY),
        Rows(
            "consent.statements",
            "Needed to take part",
            "Statement",
            (
                Field("text", "Statement", Kind.TEXT, lines=2),
                Field("easy_read", EASY, Kind.TEXT, is_needed=False, lines=2),
            ),
            identity="id",
            named_after="text",
        ),
        Rows(
            "consent.optional",
            "Optional permissions",
            "Permission",
            (
                Field("text", "Statement", Kind.TEXT, lines=2),
                Field("easy_read", EASY, Kind.TEXT, is_needed=False, lines=2),
                Field("purpose", "What it permits", Kind.CHOICE, options=PURPOSES),
            ),
            hint="Taking part does not depend on these.",
            identity="id",
            named_after="text",
        ),
        Field(
            "consent.special_category_note",
            "A note about data on health, belief or origin",
            Kind.TEXT,
            is_needed=False,
        ),
        Field(
            "consent.withdrawal_cutoff",
            "Answers can be deleted until the day before",
            Kind.DAY,
            "If a statement names this day in words, change it there too.",
        ),
    ),
)

GROUPS = Theme(
    "groups",
    "Groups and panels",
    "The perspectives people speak for. The rule speaks of panels; figures are shown by feedback group.",
    (
        Rows(
            "consensus_panels",
            "Consensus panels",
            "Panel",
            (Field("label", "Name"),),
            hint="Every stakeholder group is in exactly one.",
            identity="id",
            named_after="label",
        ),
        Rows(
            "stakeholder_groups",
            "Stakeholder groups",
            "Group",
            (
                Field("label", "Name"),
                Field("easy_read", EASY, is_needed=False),
                Field("target", "How many people are planned", Kind.NUMBER, is_needed=False),
                Field("panel", "In which panel", Kind.CHOICE, options_from="consensus_panels"),
                Field(
                    "feedback_group",
                    "Shown as",
                    Kind.CHOICE,
                    options=(("", "A feedback group by itself"),),
                    options_from="feedback_groups",
                ),
            ),
            identity="id",
            named_after="label",
        ),
        Rows(
            "feedback_groups",
            "Names of the feedback groups",
            "Feedback group",
            (Field("label", "Name"),),
            hint="None crosses two panels: its figures would let one panel's be worked out.",
            identity="id",
            is_fixed=True,
            is_ordered=False,
        ),
    ),
    is_sealed=True,
)

SECTIONS = Theme(
    "sections",
    "Sections",
    "The parts of the guidance, in their order. Each is rated by itself.",
    (
        Rows(
            "sections",
            "Sections",
            "Section",
            (
                Field("title", "Title"),
                Field("kind", "Kind", Kind.CHOICE, options=tuple(SECTION_KINDS.items())),
            ),
            hint="A new section gets a first draft to write over and a place in round 1.",
            identity="id",
            named_after="title",
            spare=2,
        ),
    ),
)

QUESTIONS = Theme(
    "questions",
    "What is asked",
    "What people rate in every section, and what they are asked in words.",
    (
        Rows(
            "criteria",
            "Criteria",
            "Criterion",
            (
                Field("label", "Short name", hint="Stands in tables, such as Clear."),
                Field("statement", "Statement", Kind.TEXT, "People agree with it or not.", lines=2),
                Field("easy_read", EASY, Kind.TEXT, EASY_HINT, is_needed=False, lines=2),
            ),
            identity="id",
            named_after="label",
        ),
        Rows(
            "comment_prompts",
            "Questions answered in words",
            "Question",
            (
                Field("text", "Question", Kind.TEXT, lines=2),
                Field("easy_read", EASY, Kind.TEXT, is_needed=False, lines=2),
                Field(
                    "scope",
                    "Asked",
                    Kind.CHOICE,
                    options=(("section", "On every section"), ("round", "Once in a round")),
                ),
            ),
            hint="Nobody has to answer them.",
            identity="id",
            named_after="text",
        ),
    ),
    is_sealed=True,
)

SCALE = Theme(
    "scale",
    "Scale",
    "The points people choose from. Every point has its words.",
    (
        Rows(
            "scale.points",
            "Points, from the lowest to the highest",
            "Point",
            (Field("label", "Words"), Field("easy_read", EASY, is_needed=False)),
            identity="value",
            is_ordered=False,
            is_fixed=True,
        ),
        Field(
            "scale.agree_from",
            "Agreeing begins at point",
            Kind.NUMBER,
            "The rule counts this point and all above it. As many at the low end count as disagreeing.",
        ),
        Field(
            "scale.cannot_say.label",
            "Words of “can’t say”",
            hint="Empty: nobody can choose it.",
            is_needed=False,
        ),
        Field("scale.cannot_say.easy_read", EASY, is_needed=False),
    ),
    is_sealed=True,
)

ROUNDS = Theme(
    "rounds",
    "Rounds and dates",
    "Dates are plans until a round is armed. A round runs to the end of its last day.",
    (
        Rows(
            "rounds",
            "Rounds",
            "Round",
            (
                Field("opens", "Opens on", Kind.DAY),
                Field("closes", "Closes at the end of", Kind.DAY),
                Field("kind", "Kind", Kind.CHOICE, options=tuple(ROUND_KINDS.items())),
                Field("feedback_published", "Feedback is planned for", Kind.DAY, is_needed=False),
                Field("reminders", "Reminders", Kind.DAYS, "One day a line: 10 3 2025.", is_needed=False),
                Field("purpose", "Purpose", Kind.TEXT, is_needed=False, lines=2),
            ),
            identity="number",
            is_ordered=False,
        ),
    ),
)

PROTOCOL = Theme(
    "protocol",
    "Protocol",
    "What is settled before any data. A later change is a deviation, printed in every report.",
    (
        Field(
            "protocol.sign_off", "Rule, decisions and drafts are signed by", Kind.CHOICE, options=ONE_OR_TWO
        ),
        Field("protocol.max_rounds", "Rounds at most", Kind.NUMBER),
        Field("protocol.max_ratings_per_draft", "One draft is rated at most so many times", Kind.NUMBER),
        Field("protocol.stop_rule", "When the study stops", Kind.TEXT, lines=3),
        Field(
            "protocol.missed_round_policy",
            "Who is asked in a round",
            Kind.CHOICE,
            options=(
                ("all_rounds", "Everybody, also those who missed the one before"),
                ("respondents_only", "Only those who answered the one before"),
            ),
        ),
        Field("protocol.admit_until.round", "People may join until round", Kind.NUMBER),
        Field(
            "protocol.admit_until.event",
            "Until that round",
            Kind.CHOICE,
            options=(("opens", "opens"), ("closes", "closes")),
        ),
        Field(
            "protocol.partial_submissions",
            "Forms that were begun and not sent",
            Kind.CHOICE,
            options=(("counted", "Count, as far as they go"), ("not_counted", "Do not count")),
        ),
        Field(
            "protocol.late_forms",
            "Paper forms that come late",
            Kind.CHOICE,
            options=(
                ("admitted_with_reason_while_closed", "May be admitted with a reason before the analysis"),
                ("refused", "Are refused"),
            ),
        ),
        Field(
            "protocol.feedback.of",
            "Whose figures the panel is shown",
            Kind.SEVERAL,
            options=(
                ("all_panel", "Everybody together"),
                ("consensus_panels", "Each consensus panel"),
                ("feedback_groups", "Each feedback group"),
            ),
        ),
        Field(
            "protocol.feedback.statistics",
            "Which figures",
            Kind.SEVERAL,
            options=(
                ("n", "How many answered"),
                ("agree_share", "The share that agrees"),
                ("median", "The median"),
            ),
        ),
    ),
    is_sealed=True,
)

PRIVACY = Theme(
    "privacy",
    "Small numbers and keeping data",
    "What protects people in small groups, and how long what is kept.",
    (
        Field(
            "privacy.min_cell",
            "Figures are shown for groups of at least",
            Kind.NUMBER,
            "Between 3 and 50 people who answered.",
        ),
        Field(
            "privacy.show_group_with_comment", "Show a comment with its writer’s feedback group", Kind.TICK
        ),
        Field(
            "privacy.deletion_note", "Said beside figures when answers were deleted later", Kind.TEXT, lines=2
        ),
        Field("privacy.retention.contact_details", "Names and addresses are kept", Kind.TEXT, lines=2),
        Field("privacy.retention.research_data", "Answers are kept", Kind.TEXT, lines=2),
    ),
    is_sealed=True,
)

THEMES: tuple[Theme, ...] = (
    NAMES,
    CONTACT,
    INFORMATION,
    DOCUMENTS,
    CONSENT,
    SECTIONS,
    QUESTIONS,
    SCALE,
    GROUPS,
    PROTOCOL,
    PRIVACY,
    ROUNDS,
)
"""Every page that is made of fields, in the order in which a study is set up."""

THEME_OF_PART = {
    "study": NAMES,
    "look": NAMES,
    "information": INFORMATION,
    "documents": DOCUMENTS,
    "consent": CONSENT,
    "stakeholder_groups": GROUPS,
    "consensus_panels": GROUPS,
    "feedback_groups": GROUPS,
    "scale": SCALE,
    "criteria": QUESTIONS,
    "comment_prompts": QUESTIONS,
    "protocol": PROTOCOL,
    "privacy": PRIVACY,
    "rounds": ROUNDS,
    "sections": SECTIONS,
}
"""On which page a part of the study file stands, for problems that lie elsewhere."""


def theme_of(key: str) -> Theme:
    """The page with this name; NotFound for another."""
    for theme in THEMES:
        if theme.key == key:
            return theme
    raise NotFound("There is no such page in the settings.")
