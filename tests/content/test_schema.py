"""The JSON Schema that outsiders write against is that of the code."""

import json
import re
from pathlib import Path

import pytest

from scripts.make_schema import PAYLOADS, SCHEMA, document, text

CONTRACT = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")


def test_the_file_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == text(), "python scripts/make_schema.py writes it"


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: str(payload.__name__))
def test_every_payload_has_its_definition(payload: type) -> None:
    properties = document()["$defs"][payload.__name__]["properties"]
    assert properties.keys() >= set(payload.__struct_encode_fields__)  # type: ignore[attr-defined]


def test_every_signed_example_in_the_contract_has_only_fields_of_the_schema() -> None:
    definitions = document()["$defs"]
    found = [json.loads(example) for example in re.findall(r'(\{"type":(?:.|\n)*?\}) *\n\n', CONTRACT)]
    assert {example["type"] for example in found} >= {"message", "alert", "release", "playlist", "request"}
    for example in found:
        properties = definitions[str(example["type"]).capitalize()]["properties"]
        assert example.keys() <= properties.keys()
