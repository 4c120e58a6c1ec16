"""Generated files: complete, valid, and compared with what is committed."""

from datetime import datetime
from pathlib import Path

import jsonschema
import msgspec

from dev import schema
from services.chassis.events import EventData


class Place(EventData, frozen=True, kw_only=True):
    """A point."""

    lon: float


class Moved(EventData, frozen=True, kw_only=True):
    """Something moved."""

    type = "huying.toy.thing.moved.v1"

    thing_id: str
    at: datetime
    place: Place | None
    tags: list[str]


def test_event_schema_describes_its_example() -> None:
    document = schema._event_schema(Moved)

    (example,) = document["examples"]
    jsonschema.validate(example, document)
    assert msgspec.convert(example, Moved).thing_id == "thingId"
    assert document["$id"] == "huying.toy.thing.moved.v1"
    assert document["description"] == "Something moved."


def test_differences_name_each_file(tmp_path: Path) -> None:
    schema.write(tmp_path, {"supergraph.graphql": "a", "events/x.json": "b"})
    assert schema.differences(tmp_path, {"supergraph.graphql": "a", "events/x.json": "b"}) == []
    assert schema.differences(tmp_path, {"supergraph.graphql": "c", "events/y.json": "b"}) == [
        "schema/events/x.json has no source any more",
        "schema/events/y.json is missing",
        "schema/supergraph.graphql is out of date",
    ]


def test_writing_leaves_what_is_not_generated(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("ours")
    schema.write(tmp_path, {"events/x.json": "b"})
    schema.write(tmp_path, {})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["notes.md"]
