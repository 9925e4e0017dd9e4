"""The colours of charts as fallbacks; the style sheet's classes may override each of them.

Blue, grey and orange stay apart for red-green and blue-yellow colour blindness. Each mark has at least
3:1 against white (tints by their outline), text 4.5:1 against what it stands on; a test holds both.
"""

from __future__ import annotations

FONT = "'Atkinson Hyperlegible Next', Arial, 'Liberation Sans', sans-serif"
PAPER = "#ffffff"
WASH = "#f6f4ef"
INK = "#17212b"
INK_QUIET = "#4a5560"
EDGE = "#6d7780"
LINE = "#d8d4ca"

AGREE, AGREE_TINT = "#1f5fa6", "#d3e3f4"
MIDDLE = "#8f8b82"
# A shade under the identity's #c2571a, on which white figures have 4.49:1.
DISAGREE, DISAGREE_TINT = "#c1561a", "#fae3d4"
YOU, YOU_TINT = "#7b2a6b", "#f6ecf4"
GOOD, GOOD_TINT = "#1b6e53", "#e8f3ee"
BAD, BAD_TINT = "#a3262a", "#fbecec"
