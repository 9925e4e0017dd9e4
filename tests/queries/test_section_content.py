"""How the differences between two drafts are marked on a panellist's page."""

from __future__ import annotations

from lxml import html
from markupsafe import Markup

from delphi.queries.section_content import _marked
from delphi.text.difference import compare


def test_a_list_item_taken_out_whole_has_no_number_and_the_others_keep_theirs():
    old = "<ol>\n<li>Draw.</li>\n<li>Find <em>gaps</em> in it.</li>\n<li>Write the long name.</li>\n</ol>"
    new = "<ol>\n<li>Draw.</li>\n<li>Write the name.</li>\n<li>Look.</li>\n</ol>"
    items = html.fromstring(_marked(Markup(compare(old, new).html()))).findall("li")
    assert [item.get("class") for item in items] == [None, "app-li-removed", None, None]
    assert "removed: Find gaps in it." in items[1].text_content()
