"""The short code that can be typed, or read out on the phone, in place of a personal link.

Pure. Ten digits and letters without I, L, O and U: what looks like another sign is taken for it, so nobody
has to know which of the two was meant.
"""

from __future__ import annotations

import unicodedata

from delphi.domain.errors import InvalidInput, Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs: a code of ten holds 50 bits of chance."""

LENGTH = 10
GROUP = 5

_MEANT = str.maketrans("OIL", "011")
_LONGEST_TYPED = 100


def spelled(code: str) -> str:
    """A code as it is shown: in groups, "7KD4M-X2P9R"."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """The code that somebody typed, in small or capital letters, with blanks, dashes or dots where they like.

    Raises InvalidInput when it cannot be a code, saying how long a code is.
    """
    plain = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).upper().translate(_MEANT)
    signs = "".join(sign for sign in plain if sign.isalnum())
    if not signs:
        raise InvalidInput([Problem("code", "Type the short code from your invitation.")])
    strange = next((sign for sign in signs if sign not in ALPHABET), None)
    if strange is not None:
        raise InvalidInput(
            [Problem("code", f"There is no “{strange}” in a short code. Please compare it once more.")]
        )
    if len(signs) != LENGTH:
        n = str(len(signs)) if len(typed) <= _LONGEST_TYPED else "many more"
        raise InvalidInput([Problem("code", f"A short code has {LENGTH} letters and digits. This has {n}.")])
    return signs
