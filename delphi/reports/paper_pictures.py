"""The study's pictures in the texts of a report: taken out of the page, and put beside what sets it."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,(.*)", re.DOTALL)
_ENDINGS = {"svg+xml": "svg", "jpeg": "jpg"}


@dataclass(slots=True)
class PictureStore:
    """Pictures by the name of the file in which they will lie, each once."""

    files: dict[str, bytes] = field(default_factory=dict)

    def keep(self, address: str) -> str | None:
        """The file for a picture that a page holds inside itself; None for what is no such picture."""
        match = _DATA.fullmatch(address)
        if match is None:
            return None
        try:
            content = base64.b64decode(match[2], validate=True)
        except binascii.Error:
            return None
        ending = _ENDINGS.get(match[1], match[1])
        known = (name for name, kept in self.files.items() if kept == content and name.endswith(ending))
        name = next(known, f"picture-{len(self.files) + 1}.{ending}")
        self.files[name] = content
        return name
