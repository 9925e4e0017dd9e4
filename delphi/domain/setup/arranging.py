"""The parts of a study file arranged as people think of them, and back.

In a study file groups are listed in unions, texts are named by their paths, and bands are sets of points. In
a form a group says in which panel it is, a text stands in its field, and agreeing begins at a point.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from delphi.domain.setup.fields import Setup
from delphi.domain.study_archive import StudyBundle, document_path
from delphi.domain.study_file import from_plain, to_plain

UNIONS = (("panel", "consensus_panels"), ("feedback_group", "feedback_groups"))
"""The key of a group, and the list of the study file in which its union stands."""

FIRST_WORDS = "[to fill in: the text of this section]"


def arranged(bundle: StudyBundle) -> Setup:
    """The set-up of a study for forms; `bundle_from` is the way back."""
    setup = to_plain(bundle.study_file)
    for key, unions in UNIONS:
        of_group = {group: union["id"] for union in setup[unions] for group in union.pop("groups")}
        for group in setup["stakeholder_groups"]:
            group[key] = of_group[group["id"]]
    for document in setup.get("documents", ()):
        if "texts" in document:
            document["texts"] = {variant: bundle.texts[path] for variant, path in document["texts"].items()}
    agree = sorted(setup["scale"]["bands"]["agree"])
    if agree[-1] == setup["scale"]["points"][-1]["value"] and len(agree) == agree[-1] - agree[0] + 1:
        setup["scale"]["agree_from"] = agree[0]
    return setup


def bundle_from(setup: Setup, before: StudyBundle) -> StudyBundle:
    """The study that a set-up describes, with texts and pictures of the one before.

    Raises InvalidInput for parts of the wrong shape.
    """
    plain = copy.deepcopy(setup)
    _put_groups_into_unions(plain)
    _put_bands_on_scale(plain["scale"])
    of_documents = {path for place, path in before.study_file.texts.items() if place.startswith("documents")}
    texts = {path: text for path, text in before.texts.items() if path not in of_documents}
    for document in plain.get("documents", ()):
        _put_texts_into_files(document, texts)
    for number, part in enumerate(plain.get("rounds", ()), start=1):
        part["number"] = number
    _give_new_sections_a_draft(plain, texts)
    _put_items_in_order(plain, before)
    used = {path for section in plain.get("sections", ()) for path in _paths(section)}
    of_sections = {path for place, path in before.study_file.texts.items() if place.startswith("sections")}
    texts = {path: text for path, text in texts.items() if path in used or path not in of_sections}
    return StudyBundle(from_plain(plain), texts, before.pictures)


def _put_groups_into_unions(plain: Setup) -> None:
    """A group without a feedback group is one by itself; a feedback group without groups is none."""
    groups = plain.get("stakeholder_groups", [])
    codes = {union["id"] for union in plain.get("feedback_groups", [])}
    for group in groups:
        if group.get("feedback_group") not in codes:
            group["feedback_group"] = group["id"]
    named = {group["feedback_group"] for group in groups}
    alone = {group["id"]: group["label"] for group in groups if group["feedback_group"] == group["id"]}
    unions = [union for union in plain.get("feedback_groups", []) if union["id"] in named]
    for code, label in alone.items():
        if code not in {union["id"] for union in unions}:
            unions.append({"id": code, "label": label})
    plain["feedback_groups"] = unions
    members: dict[tuple[str, str], list[str]] = {}
    for group in groups:
        for key, _ in UNIONS:
            members.setdefault((key, str(group.pop(key, ""))), []).append(group["id"])
    for key, name in UNIONS:
        for union in plain.get(name, []):
            union["groups"] = members.get((key, union["id"]), [])


def _put_bands_on_scale(scale: dict[str, Any]) -> None:
    first = scale.pop("agree_from", None)
    if first is None:
        return
    values = [point["value"] for point in scale["points"]]
    agree = [value for value in values if value >= first]
    if agree != sorted(scale["bands"]["agree"]):
        scale["bands"] = {
            key: band for key, band in scale["bands"].items() if key not in ("agree", "disagree")
        }
        scale["bands"]["agree"] = agree


def _put_texts_into_files(document: dict[str, Any], texts: dict[str, str]) -> None:
    words: Mapping[str, str] = document.pop("texts", {})
    document.setdefault("formats", ["web"])
    if words:
        formats = [form for form in document["formats"] if form != "easy_read" or "easy_read" in words]
        is_new = "easy_read" in words and "easy_read" not in formats
        document["formats"] = [*formats, "easy_read"] if is_new else formats
        paths = {variant: document_path(document["id"], variant) for variant in words}
        texts |= {paths[variant]: f"{text.rstrip()}\n" for variant, text in words.items()}
        document["texts"] = paths


def _give_new_sections_a_draft(plain: Setup, texts: dict[str, str]) -> None:
    """A section that was just named gets a text to write over and a place in the first round."""
    first = plain["rounds"][0] if plain.get("rounds") else {}
    for section in plain.get("sections", ()):
        if "drafts" not in section and "added_in_round" not in section:
            path = f"sections/{section['id']}.v1.md"
            texts[path] = f"# {section['title']}\n\n{FIRST_WORDS}\n"
            section["drafts"] = {1: {"standard": path}}
            if section.get("kind") != "introduction" and first.get("kind") != "open":
                first.setdefault("items", {})[section["id"]] = 1


def _put_items_in_order(plain: Setup, before: StudyBundle) -> None:
    """Rounds put sections in the order of the guidance, unless somebody chose another; none that is gone."""
    order = [section["id"] for section in plain.get("sections", ())]
    order_before = [section.id for section in before.study_file.sections]
    chosen = {part.number: list(part.items) for part in before.study_file.rounds}
    for part in plain.get("rounds", ()):
        items = part.get("items", {})
        was = chosen.get(part["number"], [])
        is_natural = was == [code for code in order_before if code in was]
        kept = [code for code in (order if is_natural else items) if code in items and code in order]
        part["items"] = {code: items[code] for code in kept}


def _paths(section: Mapping[str, Any]) -> list[str]:
    return [path for paths in section.get("drafts", {}).values() for path in paths.values()]
