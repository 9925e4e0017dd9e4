"""The JSON Schema of study.yaml, for editors that complete and check as one writes.

`python -m delphi.domain.study_file_schema docs/study-file.schema.json` writes it; a test holds the
written file to the code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from delphi.domain.study_file import FORMAT, StudyFile


def json_schema() -> str:
    """The schema as text, the same for the same version of the code."""
    schema = StudyFile.model_json_schema(mode="validation", by_alias=True)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Delphi study file",
        "description": f"The format {FORMAT} of study.yaml.",
    }
    return json.dumps(head | {key: schema[key] for key in schema if key not in head}, indent=2) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json_schema(), encoding="utf-8")
