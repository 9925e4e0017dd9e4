"""Templates parse, are used, escape what people wrote, and neither query nor decide."""

from __future__ import annotations

import re

import jinja2
import pytest

REFERENCE = re.compile(r"""["']([\w./-]+\.(?:html|txt|xml|svg|css|typ))["']""")
# `|safe` is for what our own code has made safe; each use stands here with who made it so.
SAFE_USES: dict[str, str] = {}


@pytest.fixture(scope="module")
def environment():
    return jinja2.Environment(autoescape=True)


def test_every_template_parses(templates, environment):
    broken = {}
    for name, source in templates.items():
        try:
            environment.parse(source, name)
        except jinja2.TemplateSyntaxError as error:
            broken[name] = f"line {error.lineno}: {error.message}"
    assert not broken


def test_every_template_is_used_and_exists(templates, modules):
    in_code = {name for module in modules for name in REFERENCE.findall(module.source)}
    in_templates = {name for source in templates.values() for name in REFERENCE.findall(source)}
    unused = set(templates) - in_code - in_templates
    assert not unused, f"remove what nobody renders: {unused}"
    missing = {name for name in in_templates if "/" in name and not name.startswith("/")} - set(templates)
    assert not missing, f"templates name these, but they do not exist: {missing}"


def test_nothing_people_wrote_goes_out_unescaped(templates):
    found = {
        name for name, source in templates.items() if re.search(r"\|\s*safe\b|autoescape\s+false", source)
    }
    assert not found - set(SAFE_USES), f"build Markup in the text wing instead: {found - set(SAFE_USES)}"


def test_templates_hold_no_inline_style_or_script(templates):
    """The content security policy of the pages allows neither, and our SVG uses attributes."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son\w+=", re.IGNORECASE)
    pages = {name: source for name, source in templates.items() if not name.startswith(("mail/", "reports/"))}
    found = [name for name, source in pages.items() if inline.search(source)]
    assert not found, f"move it to delphi/static: {found}"


def test_every_class_that_has_a_style_is_on_some_page(templates, modules, root):
    """A class that is put together begins in the source with what stands before its `--` or `__`."""
    static = root / "delphi" / "static"
    styles = "".join((static / name).read_text(encoding="utf-8") for name in ("panel.css", "team.css"))
    scripts = [file.read_text(encoding="utf-8") for file in static.glob("*.js")]
    words = "\n".join([*templates.values(), *(module.source for module in modules), *scripts])
    whole = set(re.findall(r"app-[\w-]*[\w]", words))
    begun = tuple(re.findall(r"(app-[\w-]*(?:--|__))[{'\"]", words))
    styled = set(re.findall(r"\.(app-[\w-]+)", styles))
    dead = {name for name in styled - whole if not name.startswith(begun)}
    assert len(styled) > 200
    assert not dead, f"no page has these, so tools/assets/scss need not style them: {dead}"
