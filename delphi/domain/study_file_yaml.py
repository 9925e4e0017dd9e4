"""study.yaml read without surprises and written so that people like to read it.

YAML has corners that bite: `no` becomes false, 1.10 becomes 1.1, a key given twice silently wins,
ten short lines of aliases fill the memory. Here only true, false, whole numbers and "nothing" are
anything but words; days and decimals are read by the field that wants them; aliases, tags and
duplicate keys are refused, each with its line.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import yaml

from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.study_file import StudyFile, from_plain, to_plain
from delphi.domain.study_file_check import check
from delphi.domain.study_file_errors import Place, quoted, written

FILE_NAME = "study.yaml"
MOST_CHARACTERS = 500_000
_DEEPEST = 30
_MOST_VALUES = 50_000
_HEADING = "The study file cannot be used yet. Nothing was changed."


class _Mark(Protocol):
    """A place in a YAML file, counted from 0."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A YAML file that was read: its values, and on which line each of them stands."""

    name: str
    plain: object
    lines: dict[str, int] = field(repr=False)

    def locate(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems with the file's name and the line put before what they say."""
        return [Problem(self._where(problem.where), problem.sentence) for problem in problems]

    def _where(self, place: str) -> str:
        line = self._line(place)
        return f"{self.name}: {place}" + (f" (line {line})" if line else "") if place else self.name

    def _line(self, place: str) -> int | None:
        """The line of a place; of something missing, the line of the part that should hold it."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = re.sub(r"(?:^|\.)[^.\[\]]+$|\[\d+\]$", "", place)
        return None


def read_study_file(content: bytes | str, *, name: str = FILE_NAME) -> StudyFile:
    """A study file that makes sense in itself; InvalidInput lists every problem found, with its line.

    Whether its texts and pictures exist is asked where they are read (`study_archive`).
    """
    study_file, source = read_shape(content, name=name)
    if problems := check(study_file):
        raise InvalidInput(source.locate(problems), heading=_HEADING)
    return study_file


def read_shape(content: bytes | str, *, name: str = FILE_NAME) -> tuple[StudyFile, Source]:
    """A study file of the right shape, not yet checked for sense, with its source for naming lines."""
    source = read_yaml(content, name=name)
    try:
        return from_plain(source.plain), source
    except InvalidInput as error:
        raise InvalidInput(source.locate(error.problems), heading=_HEADING) from None


def read_yaml(content: bytes | str, *, name: str) -> Source:
    """Any YAML file, read safely; InvalidInput with line and column when it cannot be."""
    text = _decoded(content, name)
    try:
        _refuse_traps(text, name)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            plain = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(name, mark, f"{error.problem or error.context}.") from None
    except yaml.YAMLError as error:
        raise InvalidInput([Problem(name, f"this is not YAML that can be read: {error}")]) from None
    return Source(name, plain, dict(_lines(node, ())) if node is not None else {})


def write_study_file(study_file: StudyFile) -> str:
    """study.yaml: the same study always gives the same text, and reading it gives the same study."""
    parts = [_dumped({key: value}) for key, value in to_plain(study_file).items()]
    return "# A Delphi study. The documentation explains each part: study-file.md\n" + "\n".join(parts)


def _dumped(part: dict[str, Any]) -> str:
    return yaml.dump(
        part, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, sort_keys=False, width=100
    )


def _decoded(content: bytes | str, name: str) -> str:
    if isinstance(content, bytes):
        raw = content
        try:
            content = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise InvalidInput(
                [Problem(f"{name}, line {line}", "this is not UTF-8 text; save the file as UTF-8.")]
            ) from None
    if len(content) > MOST_CHARACTERS:
        raise InvalidInput(
            [
                Problem(
                    name, f"the file has {len(content):,} characters; at most {MOST_CHARACTERS:,} are read."
                )
            ]
        )
    return content


def _refused(name: str, mark: _Mark | None, sentence: str) -> InvalidInput:
    where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
    return InvalidInput([Problem(where, sentence)], heading=_HEADING)


def _refuse_traps(text: str, name: str) -> None:
    """Looks at the file piece by piece, before anything is built from it."""
    depth = values = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            raise _refused(
                name, event.start_mark, "anchors (&) and aliases (*) are not used here; write the value out."
            )
        if getattr(event, "tag", None) not in (None, "!"):
            raise _refused(name, event.start_mark, "tags (!) are not used here; leave it out.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        values += isinstance(event, yaml.NodeEvent)
        if depth > _DEEPEST or values > _MOST_VALUES:
            raise _refused(name, event.start_mark, "this is far deeper or longer than a study file can be.")
        if documents > 1:
            raise _refused(
                name, event.start_mark, "a second document begins here (---); a file holds one study."
            )


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[str, int]]:
    yield written(place), node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield from _lines(value, here)
            # A long text begins a line below its key; people look for the key.
            yield written(here), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*place, number))


class _Loader(yaml.SafeLoader):
    """Words are words: only true, false, whole numbers and nothing are read as anything else."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping; a key that is not a word or a number, or stands there twice, is an error."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                problem = f"the key {quoted(key.value)} stands here a second time; keep one of them"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", ["t", "T", "f", "F"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})", [*"-+0123456789"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


class _Dumper(yaml.SafeDumper):
    """Lists set in, short ones in a line, no aliases; what other readers take for yes or no is quoted."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are set in under their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        """The same day written twice is written twice."""
        return True


def _represent_words(dumper: yaml.SafeDumper, words: str) -> yaml.Node:
    style = "|" if "\n" in words else ">" if len(words) > 80 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", words, style=style)


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
    fits = all(isinstance(value, str | int | date) for value in values)
    fits = fits and sum(len(str(value)) + 2 for value in values) <= 80
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=fits)


def _represent_day(dumper: yaml.SafeDumper, day: date) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())


_Dumper.add_representer(str, _represent_words)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(date, _represent_day)
