"""What is wrong with the shape of a study file, in sentences for the person who wrote it.

The validator speaks of types; a study team needs the place in the file, the value that stands there,
what was expected, and for a mistyped key the name that was probably meant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from delphi.domain.errors import Problem

_LONGEST_VALUE = 60

_EXPECTED = {
    "string_type": "expected words",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "model_attributes_type": "expected a mapping",
    "date_type": "expected a day, as 2024-03-18",
    "date_parsing": "expected a day, as 2024-03-18",
    "date_from_datetime_parsing": "expected a day, as 2024-03-18",
    "date_from_datetime_inexact": "expected a day, as 2024-03-18",
}

_PATTERNS = {
    "^[a-z]": "use small letters, digits, hyphens and underscores, beginning with a letter",
    "^[^@": "expected an e-mail address, as team@study.example",
    "^[+0-9(]": "expected a telephone number",
    "^[0-9A-Za-z][0-9A-Za-z._-]*$": "expected a version, as 1.2",
    "^[A-Z]{1,3}": "expected a first code, as P01 or P001",
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}": "expected the name of a picture, as er-map.svg, without a folder",
    "^#": "expected a colour, as #0b4f6c in small letters and in quotes",
    "^(?:pooled": (
        "expected pooled, each_panel, any_panel, each_group, any_group, equal_panels, equal_groups, "
        "panel:CODE or group:CODE"
    ),
}

Place = tuple[int | str, ...]


def problems_of(error: ValidationError, plain: object, model: type[BaseModel]) -> list[Problem]:
    """Everything the validator found, each once, in the order of the file's parts."""
    problems = []
    for details in error.errors(include_url=False):
        place = place_in(plain, details["loc"])
        problems.append(Problem(written(place), _sentence(details, place, model)))
    return list(dict.fromkeys(problems))


def place_in(plain: object, loc: Sequence[int | str]) -> Place:
    """Where in the file an error lies: the validator's location without the names of its own branches.

    Keys of mappings are strings, positions in lists are numbers.
    """
    place: list[int | str] = []
    here: Any = plain
    for number, step in enumerate(loc):
        if isinstance(here, dict) and step in here:
            here = here[step]
            place.append(str(step))
        elif isinstance(here, list | tuple) and isinstance(step, int) and step < len(here):
            here = here[step]
            place.append(step)
        elif isinstance(here, dict) and number == len(loc) - 1 and not _is_branch(step, here):
            place.append(str(step))
    return tuple(place)


def _is_branch(step: int | str, here: Mapping[str, Any]) -> bool:
    """Whether a step is the validator's own name for a test of the rule, which stands nowhere in the file."""
    return "statistic" in here and step in ("test", here["statistic"])


def written(place: Iterable[int | str]) -> str:
    """A place as people write it: `rounds[0].opens`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


def nearest(name: object, known: Iterable[str]) -> str:
    """The end of a sentence: "; did you mean X?", or what is known here when nothing is near."""
    names = [str(one) for one in known]
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known here: {', '.join(names)}." if names else "."


def quoted(value: object) -> str:
    """A value as it stands in the file, cut when it is long."""
    text = value if isinstance(value, str) else str(value)
    text = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return f'"{text}"' if isinstance(value, str) else text


def _sentence(details: ErrorDetails, place: Place, model: type[BaseModel]) -> str:
    kind, context, value = details["type"], details.get("ctx", {}), details["input"]
    if kind == "missing":
        return f"{quoted(place[-1])} is missing here; add it."
    if kind == "extra_forbidden":
        known = names_at(model, place[:-1])
        return f"{quoted(place[-1])} is not known here{nearest(place[-1], known)}"
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"{quoted(value)} is not one of the choices{nearest(value, choices)}"
    if kind == "union_tag_not_found":
        return f"{str(context['discriminator']).replace(chr(39), chr(34))} is missing here; add it."
    if kind == "union_tag_invalid":
        choices = re.findall(r"'([^']*)'", str(context["expected_tags"]))
        return f"{quoted(context['tag'])} is not one of the choices{nearest(context['tag'], choices)}"
    if kind == "value_error":
        return f"{_found(value)}{context.get('error', details['msg'])}."
    return f"{_found(value)}{_expectation(kind, context, details['msg'], value)}."


def _found(value: object) -> str:
    """The value that stands there, for values short enough to print; a whole part is not."""
    return "" if isinstance(value, dict | list | tuple | BaseModel) else f"{quoted(value)}: "


def _expectation(kind: str, context: Mapping[str, Any], message: str, value: object) -> str:
    if kind in _EXPECTED:
        hint = "; put it in quotes" if kind == "string_type" and isinstance(value, int | float) else ""
        return _EXPECTED[kind] + hint
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        known = (words for start, words in _PATTERNS.items() if pattern.startswith(start))
        return next(known, "this is not written in the right way")
    if kind in ("string_too_short", "too_short"):
        return "nothing stands here; fill it in" if context.get("min_length") == 1 else message
    if kind in ("string_too_long", "too_long"):
        return f"this is too long; at most {context.get('max_length')} are allowed"
    if kind in ("greater_than_equal", "less_than_equal"):
        least, most = context.get("ge"), context.get("le")
        return f"must be at least {least}" if least is not None else f"must be at most {most}"
    return message[:1].lower() + message[1:]


def names_at(model: type[BaseModel], place: Sequence[int | str]) -> list[str]:
    """The keys that may stand at a place of the file."""
    models = [model]
    for step in place:
        if isinstance(step, int):
            continue
        fields = [part.model_fields for part in models]
        annotations = [
            field.annotation
            for known in fields
            for name, field in known.items()
            if (field.alias or name) == step
        ]
        if annotations:
            models = [part for annotation in annotations for part in _models_in(annotation)]
    names = [field.alias or name for part in models for name, field in part.model_fields.items()]
    return list(dict.fromkeys(names))


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that an annotation mentions, through lists, mappings, unions and Annotated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        annotation.model_rebuild()  # a part that names a later one knows its fields only after this
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models_in(part)
