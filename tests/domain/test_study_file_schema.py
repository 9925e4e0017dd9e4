import json
from pathlib import Path

from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_schema import json_schema

WRITTEN = Path(__file__).parents[2] / "docs" / "study-file.schema.json"


def test_the_written_schema_is_the_code_s():
    assert WRITTEN.read_text(encoding="utf-8") == json_schema(), (
        "The study file changed. Write its schema again: "
        "python -m delphi.domain.study_file_schema docs/study-file.schema.json"
    )


def test_the_schema_knows_every_part_and_refuses_others():
    schema = json.loads(json_schema())
    assert set(schema["properties"]) == set(StudyFile.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["format"]["const"] == "delphi-study/1"
