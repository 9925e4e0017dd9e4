"""A study with its texts and pictures: as a plain folder to edit, and as one .zip to carry it elsewhere.

Both hold the same files: study.yaml, the texts that it names (.md), and pictures in images/. The same
study always makes the same archive, byte for byte, so two exports can be compared by their checksums.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from delphi.domain import pictures
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.logos import logo_objection
from delphi.domain.study_archive_zip import (
    MOST_FILE_BYTES,
    MOST_FILES,
    MOST_TOTAL_BYTES,
    is_clutter,
    name_objection,
    pack,
    unpack,
)
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_check import check
from delphi.domain.study_file_dates import days_of, moved, moved_words, weeks_to
from delphi.domain.study_file_errors import nearest
from delphi.domain.study_file_texts import (
    PICTURE_FOLDER,
    PICTURE_NAME,
    has_words,
    picture_references,
    plain_newlines,
)
from delphi.domain.study_file_yaml import FILE_NAME, read_shape, write_study_file

MOST_TEXT_CHARACTERS = 100_000

_HEADING = "The study cannot be used yet. Nothing was changed."


@dataclass(frozen=True)
class StudyBundle:
    """A study file with everything it names: texts by their paths, pictures by their file names.

    Pictures may be in a study before a text uses them.
    """

    study_file: StudyFile
    texts: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def read_archive(content: bytes) -> StudyBundle:
    """The study in a .zip; InvalidInput names everything wrong with the archive, the files or the study."""
    return _bundle(unpack(content))


def write_archive(bundle: StudyBundle) -> bytes:
    """The study as one .zip; the same study always gives the same bytes."""
    return pack(files_of(bundle))


def read_folder(folder: Path) -> StudyBundle:
    """The study in a plain folder; InvalidInput names everything wrong, NotADirectoryError if it is none."""
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    return _bundle(dict(_folder_files(folder)))


def files_of(bundle: StudyBundle) -> dict[str, bytes]:
    """Every file of the study by its path, as it stands in an archive or a folder."""
    files = {FILE_NAME: write_study_file(bundle.study_file).encode("utf-8")}
    files |= {path: plain_newlines(text).encode("utf-8") for path, text in bundle.texts.items()}
    files |= {f"{PICTURE_FOLDER}/{name}": content for name, content in bundle.pictures.items()}
    return dict(sorted(files.items()))


def shift_bundle(bundle: StudyBundle, first_day: date) -> StudyBundle:
    """The study moved by whole weeks to open on `first_day` or up to six days later.

    Written-out dates in information pages move with it; the sections under consultation do not change.
    """
    by = weeks_to(bundle.study_file, first_day)
    days = days_of(bundle.study_file)
    of_documents = {path for place, path in bundle.study_file.texts.items() if place.startswith("documents")}
    texts = {
        path: moved_words(text, days, by) if path in of_documents else text
        for path, text in bundle.texts.items()
    }
    return StudyBundle(moved(bundle.study_file, by), texts, bundle.pictures)


def section_path(position: int, code: str, draft: int, variant: str) -> str:
    """Where an export puts a draft: "sections/04-small-steps.v1.md"; `position` counts from 1."""
    folder = "sections" if variant == "standard" else variant.replace("_", "-")
    return f"{folder}/{position:02d}-{code}.v{draft}.md"


def document_path(code: str, variant: str) -> str:
    """Where an export puts an information page: "documents/info-sheet.easy-read.md"."""
    return (
        f"documents/{code}.md"
        if variant == "standard"
        else f"documents/{code}.{variant.replace('_', '-')}.md"
    )


def _folder_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder, read only when it is certain to be small enough."""
    total = count = 0
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for name in sorted(names):
            path = Path(base, name)
            where = path.relative_to(folder).as_posix()
            if is_clutter(name):
                continue
            if path.is_symlink() or not path.is_file():
                raise InvalidInput([Problem(where, "this is a link, not a file; put the file itself here.")])
            size = path.stat().st_size
            count, total = count + 1, total + size
            if size > MOST_FILE_BYTES or total > MOST_TOTAL_BYTES or count > MOST_FILES:
                raise InvalidInput([Problem(where, "the folder holds far more than a study can have.")])
            yield where, path.read_bytes()


def _bundle(files: Mapping[str, bytes]) -> StudyBundle:
    """The study in a set of files, with everything checked that can be checked without a database."""
    if FILE_NAME not in files:
        raise InvalidInput(
            [Problem("", f"there is no {FILE_NAME}; it stands at the top of the archive or folder.")],
            heading=_HEADING,
        )
    study_file, source = read_shape(files[FILE_NAME])
    texts, pictures_found, problems = _sorted_out(files)
    bundle = StudyBundle(study_file, texts, pictures_found)
    in_file, in_texts = _found_in_file(bundle), [*_unused_texts(bundle), *problems]
    problems = [*source.locate(in_file), *in_texts, *_pictures_in_texts(bundle)]
    if problems:
        raise InvalidInput(problems, heading=_HEADING)
    return bundle


def bundle_problems(bundle: StudyBundle) -> list[Problem]:
    """Everything that is wrong with a study that did not come from files; none means it could be exported."""
    texts = (
        Problem(path, sentence)
        for path, text in bundle.texts.items()
        if (sentence := text_objection(text)) is not None
    )
    return [*_found_in_file(bundle), *texts, *_pictures_in_texts(bundle)]


def _found_in_file(bundle: StudyBundle) -> list[Problem]:
    return [
        *check(bundle.study_file),
        *_missing_texts(bundle),
        *_easy_read_pictures(bundle),
        *_logo(bundle),
    ]


def _sorted_out(files: Mapping[str, bytes]) -> tuple[dict[str, str], dict[str, bytes], list[Problem]]:
    """Texts, pictures, and what is wrong with either or is neither."""
    texts: dict[str, str] = {}
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path, content in sorted(files.items()):
        if path == FILE_NAME:
            continue
        sentence = _clash(path, seen) or name_objection(path) or _sort_in(path, content, texts, found)
        if sentence:
            problems.append(Problem(path, sentence))
    return texts, found, problems


def _clash(path: str, seen: dict[str, str]) -> str | None:
    """Windows and macOS take Map.md and map.md for one file."""
    other = seen.setdefault(path.casefold(), path)
    if other == path:
        return None
    return f'"{other}" differs from it in capital letters only; rename one of them.'


def _sort_in(path: str, content: bytes, texts: dict[str, str], found: dict[str, bytes]) -> str | None:
    place = PurePosixPath(path)
    if place.parent == PurePosixPath(PICTURE_FOLDER):
        found[place.name] = content
        return _picture_objection(place.name, content)
    if place.suffix == ".md":
        texts[path], sentence = _text(content)
        return sentence
    return (
        f"a study holds {FILE_NAME}, texts that end in .md, and pictures in {PICTURE_FOLDER}/; "
        "take this file out."
    )


def _picture_objection(name: str, content: bytes) -> str | None:
    if re.fullmatch(PICTURE_NAME, name) is None:
        return "name it in letters, digits, dots, hyphens and underscores, with an ending as .png or .svg."
    return pictures.objection(name, content)


def _text(content: bytes) -> tuple[str, str | None]:
    """A text with plain line ends, and what is wrong with it."""
    try:
        text = plain_newlines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return "", f"line {line} is not UTF-8 text; save the file as UTF-8."
    return text, text_objection(text)


def text_objection(text: str) -> str | None:
    """Why something cannot be a text of a study, as a sentence; None when it can."""
    if len(text) > MOST_TEXT_CHARACTERS:
        return f"the text has {len(text):,} characters; split it, at most {MOST_TEXT_CHARACTERS:,} fit."
    controls = [character for character in text if ord(character) < 32 and character not in "\n\t"]
    if controls:
        line = text[: text.index(controls[0])].count("\n") + 1
        return f"line {line} holds a control character (number {ord(controls[0])}); delete it."
    if not has_words(text):
        return "nothing stands here but a title or pictures; write the text."
    return None


def _missing_texts(bundle: StudyBundle) -> Iterator[Problem]:
    for place, path in bundle.study_file.texts.items():
        if path not in bundle.texts:
            yield Problem(place, f'there is no file "{path}"{nearest(path, bundle.texts)}')


def _unused_texts(bundle: StudyBundle) -> Iterator[Problem]:
    used = set(bundle.study_file.texts.values())
    for path in bundle.texts:
        if path not in used:
            yield Problem(path, f"nothing in {FILE_NAME} names this text; name it there or take it out.")


def _easy_read_pictures(bundle: StudyBundle) -> Iterator[Problem]:
    for number, line in enumerate(bundle.study_file.information.easy_read_summary):
        if line.picture not in bundle.pictures:
            yield Problem(
                f"information.easy_read_summary[{number}].picture",
                f'there is no picture "{line.picture}" in {PICTURE_FOLDER}/'
                f"{nearest(line.picture, bundle.pictures)}",
            )


def _logo(bundle: StudyBundle) -> Iterator[Problem]:
    name = bundle.study_file.look.logo
    if name is None:
        return
    if name not in bundle.pictures:
        yield Problem(
            "look.logo", f'there is no picture "{name}" in {PICTURE_FOLDER}/{nearest(name, bundle.pictures)}'
        )
    elif pictures.objection(name, bundle.pictures[name]) is None and (
        sentence := logo_objection(name, bundle.pictures[name])
    ):
        yield Problem("look.logo", sentence)


def _pictures_in_texts(bundle: StudyBundle) -> Iterator[Problem]:
    for path, text in bundle.texts.items():
        for reference in dict.fromkeys(picture_references(text)):
            if reference.name is None:
                yield Problem(
                    path,
                    f'the picture "{reference.written}" lies outside the study; put it into '
                    f"{PICTURE_FOLDER}/ and write ../{PICTURE_FOLDER}/NAME with an ending as .svg or .png.",
                )
            elif reference.name not in bundle.pictures:
                yield Problem(
                    path,
                    f'there is no picture "{reference.name}" in {PICTURE_FOLDER}/'
                    f"{nearest(reference.name, bundle.pictures)}",
                )
