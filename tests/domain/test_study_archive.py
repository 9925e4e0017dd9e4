"""A study as a folder and as one .zip, and everything that an archive from outside may try."""

import contextlib
import io
import stat
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import delphi.demo
from delphi.domain.errors import InvalidInput
from delphi.domain.study_archive import (
    StudyBundle,
    document_path,
    files_of,
    read_archive,
    read_folder,
    section_path,
    shift_bundle,
    write_archive,
)
from delphi.domain.study_file_yaml import write_study_file

DEMO = read_folder(Path(delphi.demo.__file__).parent / "study")
FILES = files_of(DEMO)
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def with_entry(entry: zipfile.ZipInfo, content: bytes) -> bytes:
    buffer = io.BytesIO(zipped(FILES))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, content)
    return buffer.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_archive(content)
    return str(refused.value)


def test_the_demo_study_travels_and_comes_back():
    archive = write_archive(DEMO)
    assert read_archive(archive) == DEMO
    assert write_archive(read_archive(archive)) == archive


def test_an_archive_says_nothing_of_when_or_where_it_was_made():
    with zipfile.ZipFile(io.BytesIO(write_archive(DEMO))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {stat.filemode(entry.external_attr >> 16) for entry in entries} == {"-rw-r--r--"}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_an_unpacked_archive_is_a_folder_that_can_be_read(tmp_path):
    with zipfile.ZipFile(io.BytesIO(write_archive(DEMO))) as archive:
        archive.extractall(tmp_path)
    assert read_folder(tmp_path) == DEMO


def test_line_ends_of_other_systems_become_plain_ones():
    files = FILES | {"sections/05-local-knowledge.v1.md": b"\xef\xbb\xbf# A\r\n\r\nwords\rmore"}
    assert read_archive(zipped(files)).texts["sections/05-local-knowledge.v1.md"] == "# A\n\nwords\nmore"


def test_a_folder_zipped_by_a_file_manager_can_be_read():
    files = {f"my-study/{path}": content for path, content in FILES.items()}
    clutter = {
        "__MACOSX/my-study/._study.yaml": b"\0",
        "my-study/.DS_Store": b"\0",
        "my-study/sections/": b"",
    }
    assert read_archive(zipped(files | clutter)) == DEMO


def test_paths_for_exports_are_those_of_the_demo():
    assert section_path(4, "small-steps", 1, "standard") == "sections/04-small-steps.v1.md"
    assert section_path(4, "small-steps", 1, "easy_read") == "easy-read/04-small-steps.v1.md"
    assert document_path("info-sheet", "easy_read") == "documents/info-sheet.easy-read.md"
    assert set(DEMO.study_file.texts.values()) == {path for path in FILES if path.endswith(".md")}


def test_moving_a_study_moves_the_days_in_its_information_pages_and_not_in_its_sections():
    sections = {path: text + "\n\nSince 1 July 2024." for path, text in DEMO.texts.items()}
    moved = shift_bundle(StudyBundle(DEMO.study_file, sections, DEMO.pictures), date(2025, 3, 17))
    assert "the final analysis starts on 30 June 2025" in moved.texts["documents/info-sheet.md"]
    assert "2024" not in moved.texts["documents/how-delphi-works.md"]
    assert moved.texts["sections/04-small-steps.v1.md"].endswith("Since 1 July 2024.")


# --- What does not fit together -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content", "objection"),
    [
        (
            "sections/04-small-steps.v1.md",
            None,
            "study.yaml: sections[3].drafts.1.standard (line LINE): there is no file "
            '"sections/04-small-steps.v1.md"; did you mean',
        ),
        ("sections/04-small-steps.v1.md", b"# Only a title\n", "nothing stands here but a title or pictures"),
        ("sections/04-small-steps.v1.md", b"", "nothing stands here"),
        ("sections/04-small-steps.v1.md", b"# A\n\n![alt](../images/er-bus.svg)", "nothing stands here"),
        ("sections/04-small-steps.v1.md", b"one\ncaf\xe9", "line 2 is not UTF-8 text"),
        ("sections/04-small-steps.v1.md", b"one\n\x07two", "line 2 holds a control character (number 7)"),
        ("sections/04-small-steps.v1.md", b"word " * 20_001, "the text has 100,005 characters; split it"),
        (
            "sections/04-small-steps.v1.md",
            b"words ![x](../images/er-buss.svg)",
            "there is no picture \"er-buss.svg\" in images/; did you mean 'er-bus.svg'?",
        ),
        (
            "sections/04-small-steps.v1.md",
            b"words ![x](../../secret.svg)",
            '"../../secret.svg" lies outside the study',
        ),
        ("sections/04-small-steps.v1.md", b"words ![x](https://a.example/x.png)", "lies outside the study"),
        ("images/er-talk.svg", None, 'there is no picture "er-talk.svg" in images/'),
        ("images/er-talk.svg", b"<svg><script/></svg>", "images/er-talk.svg: the SVG has"),
        ("images/er talk.svg", PICTURE, "this name cannot be used"),
        ("images/talk.SVG", PICTURE, "with an ending as .png or .svg"),
        ("images/ER-talk.svg", PICTURE, "differs from it in capital letters only"),
        ("images/more/a.svg", PICTURE, "take this file out"),
        ("sections/99-old.md", b"words", "sections/99-old.md: nothing in study.yaml names this text"),
        ("notes.docx", b"words", "notes.docx: a study holds study.yaml, texts that end in .md, and pictures"),
        ("run.sh", b"ls", "take this file out"),
    ],
)
def test_files_that_do_not_fit_are_named(path, content, objection):
    files = {**FILES, path: content}
    line = (
        FILES["study.yaml"].decode().split("\n").index("        standard: sections/04-small-steps.v1.md") + 1
    )
    told = refusal(zipped({path: content for path, content in files.items() if content is not None}))
    assert objection.replace("LINE", str(line)) in told


def test_everything_wrong_is_said_at_once():
    files = FILES | {
        "images/er-bus.svg": b"x",
        "extra.md": b"words",
        "sections/05-local-knowledge.v1.md": b"# A",
    }
    files["study.yaml"] = files["study.yaml"].replace(b"Europe/London", b"Europe/Londn")
    told = refusal(zipped(files))
    for place in ("study.timezone", "images/er-bus.svg", "extra.md", "sections/05-local-knowledge.v1.md"):
        assert place in told
    assert told.startswith("The study cannot be used yet. Nothing was changed.")


def test_a_study_without_its_file_is_refused():
    assert "there is no study.yaml" in refusal(zipped({"sections/a.md": b"words"}))
    assert "there is no study.yaml" in refusal(zipped({}))


# --- Archives that mean harm ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["../evil.md", "/etc/evil.md", "a/../../evil.md", "..\\evil.md", "C:\\evil.md", "\\\\host\\evil.md"],
)
def test_no_name_leads_out_of_the_archive(path):
    assert "this name leads out of the study" in refusal(with_entry(zipfile.ZipInfo(path), b"words"))


@pytest.mark.parametrize(
    "path", ["a b.md", "caf\u00e9.md", "a/b/c/d/e/f/g/h.md", "x" * 300 + ".md", "a\nb.md"]
)
def test_names_that_other_systems_trip_over_are_refused(path):
    assert "this name cannot be used" in refusal(with_entry(zipfile.ZipInfo(path), b"words"))


def test_a_name_given_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive = with_entry(zipfile.ZipInfo("study.yaml"), b"format: delphi-study/1")
    assert "two files of this name" in refusal(archive)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(kind):
    entry = zipfile.ZipInfo("images/link.svg")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    assert "a link or a device" in refusal(with_entry(entry, b"/etc/passwd"))


def test_an_encrypted_file_is_refused():
    archive = bytearray(zipped(FILES, method=zipfile.ZIP_STORED))
    at = archive.index(b"PK\x01\x02") + 8
    archive[at] |= 1
    assert "encrypted" in refusal(bytes(archive))


def test_an_unusual_packing_is_refused():
    assert "an unusual way" in refusal(zipped(FILES, method=zipfile.ZIP_LZMA))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    began = time.perf_counter()
    bomb = zipped(FILES | {"sections/bomb.md": b"\0" * 4_900_000})
    assert "fill a server" in refusal(bomb)
    assert "unpacked it would have" in refusal(zipped(FILES | {"sections/bomb.md": b"\0" * 6_000_000}))
    assert time.perf_counter() - began < 5


def test_too_many_files_are_refused():
    assert "2,001 files" in refusal(zipped({f"a{n}.md": b"words" for n in range(2_001)}))


def test_many_files_that_are_too_much_together_are_refused():
    content = bytes(range(256)) * 19_000
    files = {f"images/{n}.png": content for n in range(21)}
    assert "unpacked it would have 102,144,000 bytes" in refusal(zipped(files))


def test_an_entry_that_says_it_is_smaller_than_it_is_is_not_read_on():
    archive = bytearray(zipped({"study.yaml": b"a" * 1_000}, method=zipfile.ZIP_STORED))
    at = archive.index(b"PK\x01\x02")
    archive[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert "not a .zip archive that can be read" in refusal(bytes(archive))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 18, write_archive(DEMO)[:-30]]
)
def test_what_is_no_archive_is_said_to_be_none(content):
    assert "not a .zip archive that can be read" in refusal(content)


@given(st.integers(0, len(write_archive(DEMO)) - 1), st.binary(min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_damaged_archive_is_refused_in_words_or_read_whole(at, junk):
    archive = write_archive(DEMO)
    damaged = archive[:at] + junk + archive[at + len(junk) :]
    with contextlib.suppress(InvalidInput):
        assert read_archive(damaged) == DEMO


# --- Folders --------------------------------------------------------------------------------------------


def a_folder(tmp_path: Path) -> Path:
    for path, content in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path


def test_a_link_in_a_folder_is_not_followed(tmp_path):
    folder = a_folder(tmp_path)
    (folder / "images" / "er-bus.svg").unlink()
    (folder / "images" / "er-bus.svg").symlink_to("/etc/passwd")
    with pytest.raises(InvalidInput, match=r"images/er-bus\.svg: this is a link"):
        read_folder(folder)


def test_a_file_that_is_far_too_big_is_not_read(tmp_path):
    folder = a_folder(tmp_path)
    with (folder / "images" / "huge.png").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InvalidInput, match="far more than a study can have"):
        read_folder(folder)


def test_what_version_control_leaves_in_a_folder_does_no_harm(tmp_path):
    folder = a_folder(tmp_path)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("x")
    assert read_folder(folder) == DEMO


def test_a_folder_that_is_not_there_is_not_a_study(tmp_path):
    with pytest.raises(NotADirectoryError):
        read_folder(tmp_path / "nowhere")


def test_a_study_of_the_database_is_written_with_plain_line_ends():
    windows = StudyBundle(
        DEMO.study_file,
        {path: text.replace("\n", "\r\n") for path, text in DEMO.texts.items()},
        DEMO.pictures,
    )
    assert write_archive(windows) == write_archive(DEMO)


def test_the_study_file_in_an_archive_is_the_one_people_read():
    assert FILES["study.yaml"].decode() == write_study_file(DEMO.study_file)
