"""People read one word for one thing: the glossary's, in templates and in error sentences."""

from __future__ import annotations

import ast
import re

import pytest

# The word that must not appear, and the one to write instead. Only words that have no honest other use here.
INSTEAD = {
    r"survey(s|ed)?": "study",
    r"respondents?": "panellist",
    r"participants?": "panellist",
    r"experts?": "panellist",
    r"vote(s|d|rs?)?|voting": "rating",
    r"scor(e|es|ed|ing)": "rating",
    r"sign-?ups?": "invitation",
    r"waves?": "round",
    r"metrics?": "criterion",
    r"chapters?": "section",
}
ERRORS = {"InvalidInput", "NotAllowed", "NotFound", "Problem", "Stale", "WrongState"}
# Places where the word means something else, with what it means.
VOTES = "people at a meeting vote, by hands or on paper; nobody rates there"
ALLOWED: dict[str, str] = {
    "decisions/meeting.html": VOTES,
    "decisions/meetings.html": VOTES,
    "decisions/settling.html": VOTES,
    "delphi.services.meetings": VOTES,
}
MARKUP = re.compile(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|<[^>]+>", re.DOTALL)


def forbidden_words(text: str) -> list[str]:
    """Each forbidden word in `text`, with what to write instead."""
    return [
        f"“{match[0]}”: write “{instead}”"
        for pattern, instead in INSTEAD.items()
        for match in re.finditer(rf"\b({pattern})\b", text, re.IGNORECASE)
    ]


def test_templates_speak_the_glossary(templates):
    found = {
        name: words
        for name, source in templates.items()
        if name not in ALLOWED and (words := forbidden_words(MARKUP.sub(" ", source)))
    }
    assert not found


def test_error_sentences_speak_the_glossary(modules):
    found = {
        module.at(node): words
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS
        for text in _texts(node)
        if module.name not in ALLOWED and (words := forbidden_words(text))
    }
    assert not found


def test_the_help_of_every_command_speaks_the_glossary(modules):
    found = {
        module.at(node): words
        for module in modules
        if module.name.startswith("delphi.cli")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef)
        if (words := forbidden_words(ast.get_docstring(node) or ""))
    }
    assert not found


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        ("Thank you for your vote.", True),
        ("Each respondent sees this.", True),
        ("The panel rated this section.", False),
        ("Take part in round 2 of the study.", False),
        ("A devoted panel.", False),
    ],
)
def test_the_law_of_words_sees_what_it_should(text, is_wrong):
    assert bool(forbidden_words(text)) == is_wrong


def _texts(call):
    return [
        node.value
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
