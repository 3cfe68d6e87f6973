"""Write the payloads of the contract as JSON Schema, docs/schema.json: python scripts/make_schema.py."""

import json
from pathlib import Path
from typing import Any

import msgspec

from content.message import Alert, Message, Playlist, Release
from content.requests import Reply, Request
from content.wire import Event, Received, Status

SCHEMA = Path(__file__).parents[1] / "docs" / "schema.json"
PAYLOADS = (Message, Playlist, Alert, Release, Request, Reply, Event, Status, Received)


def document() -> dict[str, Any]:
    """JSON Schema 2020-12: one definition a payload, and what they are made of."""
    _, components = msgspec.json.schema_components(PAYLOADS, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hoistway, contract version 1: payloads inside envelopes, and what displays tell",
        "$defs": components,
    }


def text() -> str:
    """As the file has it."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text(), encoding="utf-8")
