"""Build style sheets and fonts from tools/assets: `python -m tools.vendor_assets`, with `npm` and fontTools.

For maintainers only: what it writes is committed, so that nobody needs Node to run Delphi. Versions and
their checksums are pinned in tools/assets/package-lock.json, which names no registry; npm asks the one it is
set up for. `--check` builds into a temporary folder and says whether the committed files are the same. The
scripts beside them in delphi/static are our own, written by hand, and left alone.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.report_fonts import make_still_fonts

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "assets"
STATIC = ROOT / "delphi" / "static"
CHECKSUMS = "SHA256SUMS"

STYLESHEETS = ("panel", "team")
FAMILY = "atkinson-hyperlegible-next"
FONT = f"@fontsource-variable/{FAMILY}"
SUBSETS = ("latin", "latin-ext")
"""Two subsets, because the Welsh ŵ and ŷ are outside the first."""


def build(target: Path) -> None:
    """Compile and copy everything into `target`, an empty folder, with its checksums.

    Raises `subprocess.CalledProcessError` when npm or sass fails; they have then said why.
    """
    with tempfile.TemporaryDirectory(prefix="delphi-assets-") as name:
        workshop = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(SOURCES / file, workshop)
        quiet = ("--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "ci", *quiet], cwd=workshop, check=True)
        packages = workshop / "node_modules"
        _compile(packages, target)
        _copy_fonts(packages, target)
    shutil.copytree(SOURCES / "licences", target / "licences", dirs_exist_ok=True)
    _write_checksums(target)


def _compile(packages: Path, target: Path) -> None:
    options = ("--style=compressed", "--no-source-map", "--no-charset", "--quiet-deps")
    for name in STYLESHEETS:
        source, output = SOURCES / "scss" / f"{name}.scss", target / f"{name}.css"
        load = f"--load-path={packages}"
        program = str(packages / ".bin" / "sass")
        subprocess.run([program, *options, load, str(source), str(output)], check=True)


def _copy_fonts(packages: Path, target: Path) -> None:
    """The name of a font file holds its version, so that browsers may keep it for good."""
    package = packages / FONT
    stem = f"{FAMILY}-{_version_of(FONT)}"
    fonts, licences = target / "fonts", target / "licences"
    fonts.mkdir(parents=True)
    licences.mkdir()
    for subset in SUBSETS:
        source = package / "files" / f"{FAMILY}-{subset}-wght-normal.woff2"
        shutil.copyfile(source, fonts / f"{stem}-{subset}.woff2")
    make_still_fonts(package / "files", FAMILY, SUBSETS, fonts, stem)
    shutil.copyfile(package / "LICENSE", licences / f"{FAMILY}.txt")


def _version_of(package: str) -> str:
    wanted = json.loads((SOURCES / "package.json").read_text(encoding="utf-8"))
    return str(wanted["dependencies"][package])


def _write_checksums(target: Path) -> None:
    """In the form that `sha256sum --check` reads."""
    lines = [
        f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}\n" for name in files_in(target)
    ]
    (target / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def files_in(folder: Path) -> list[str]:
    """What is built in a folder: style sheets, fonts, licences, by their paths inside it, sorted."""
    found = [*folder.glob("*.css"), *folder.glob("fonts/*"), *folder.glob("licences/*")]
    return sorted(path.relative_to(folder).as_posix() for path in found)


def differences(left: Path, right: Path) -> list[str]:
    """The files that are not the same in both folders."""
    names = {*files_in(left), *files_in(right), CHECKSUMS}
    _, changed, missing = filecmp.cmpfiles(left, right, names, shallow=False)
    return sorted([*changed, *missing])


def put_in_place(fresh: Path) -> None:
    """Replace what was built before; nothing else in delphi/static is touched."""
    for name in files_in(STATIC):
        (STATIC / name).unlink()
    shutil.copytree(fresh, STATIC, dirs_exist_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Build, or with --check compare; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.vendor_assets", description="Build delphi/static.")
    parser.add_argument("--check", action="store_true", help="only compare with what is committed")
    options = parser.parse_args(arguments)
    if shutil.which("npm") is None:
        print("The style sheets are compiled with Node's npm, which is not installed here.")
        return 1
    if importlib.util.find_spec("fontTools") is None:
        print('The fonts of the PDF are made with fontTools: pip install "fonttools[woff]" and try again.')
        return 1
    with tempfile.TemporaryDirectory(prefix="delphi-static-") as name:
        fresh = Path(name) / "static"
        fresh.mkdir()
        build(fresh)
        changed = differences(fresh, STATIC)
        if options.check:
            print("\n".join([f"Not as built: {file}" for file in changed]) or "delphi/static is as built.")
            return 1 if changed else 0
        put_in_place(fresh)
    print(f"Wrote {len(files_in(STATIC))} files to delphi/static; {len(changed)} changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
