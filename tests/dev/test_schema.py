"""Generated files: complete, valid, and compared with what is committed."""

from datetime import datetime
from pathlib import Path

import jsonschema
import pytest

from dev import schema
from dev.processes import DevError
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


EXAMPLE = {"thingId": "thing_1", "at": "2026-03-02T09:30:00Z", "place": {"lon": 113.8}, "tags": []}


def test_event_schema_carries_its_example() -> None:
    document = schema._event_schema(Moved, {Moved.type: EXAMPLE})

    assert document["examples"] == [EXAMPLE]
    jsonschema.validate(EXAMPLE, document)
    assert document["$id"] == "huying.toy.thing.moved.v1"
    assert document["description"] == "Something moved."


@pytest.mark.parametrize(
    "examples",
    [{}, {Moved.type: EXAMPLE | {"tags": "none"}}, {Moved.type: EXAMPLE | {"color": "red"}}],
    ids=["missing", "invalid", "of another shape"],
)
def test_event_without_a_true_example_is_not_published(examples: dict[str, dict[str, object]]) -> None:
    with pytest.raises(DevError, match="example"):
        schema._event_schema(Moved, examples)


def test_differences_name_each_file(tmp_path: Path) -> None:
    schema.write(tmp_path, {"supergraph.graphql": "a", "events/x.json": "{}"})
    assert schema.differences(tmp_path, {"supergraph.graphql": "a", "events/x.json": "{}"}) == []
    assert schema.differences(tmp_path, {"supergraph.graphql": "c", "events/y.json": "{}"}) == [
        "schema/events/x.json has no source any more",
        "schema/events/y.json is missing",
        "schema/supergraph.graphql is out of date",
    ]


def test_writing_leaves_what_is_not_generated(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("ours")
    schema.write(tmp_path, {"events/x.json": "{}"})
    schema.write(tmp_path, {})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["notes.md"]
