"""Publishers and consumers agree about events without sharing code."""

import copy
from typing import Any

import msgspec
import pytest

from dev.event_compatibility import breaks
from dev.event_examples import EXAMPLES
from dev.schema import composition_roots
from services.chassis.consumer import Consumer

CONSUMERS = [consumer for service in composition_roots() for consumer in service.consumers]

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reportId": {"type": "string"},
        "satisfaction": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "place": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}]},
    },
    "required": ["reportId", "satisfaction", "place"],
    "$defs": {"Place": {"type": "object", "properties": {"lon": {"type": "number"}}, "required": ["lon"]}},
}


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.durable)
def test_consumer_reads_every_example_of_its_publishers(consumer: Consumer) -> None:
    """INVARIANT: what a publisher announces, the consumer's own copy of the event can decode."""
    assert consumer.reads
    for kind, data in consumer.reads.items():
        msgspec.json.decode(msgspec.json.encode(EXAMPLES[kind]), type=data)


@pytest.mark.parametrize("consumer", CONSUMERS, ids=lambda consumer: consumer.durable)
def test_consumer_reads_no_field_that_its_publisher_never_sends(consumer: Consumer) -> None:
    """A field with a default that nobody sends would be silently empty for ever."""
    prefix = f"huying.{consumer.stream.lower()}."
    sent = {name for kind, example in EXAMPLES.items() if kind.startswith(prefix) for name in example}
    for kind, data in consumer.reads.items():
        assert {field.encode_name for field in msgspec.structs.fields(data)} <= sent, kind


def test_more_fields_and_narrower_ones_suit_old_readers() -> None:
    new = copy.deepcopy(OLD)
    new["properties"]["bySilence"] = {"type": "boolean"}
    new["properties"]["satisfaction"] = {"type": "integer"}

    assert breaks(OLD, new) == []


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (lambda new: new["properties"].pop("reportId"), "reportId is gone"),
        (lambda new: new["required"].remove("reportId"), "reportId may be missing"),
        (
            lambda new: new["properties"].update(reportId={"type": "integer"}),
            "reportId may hold what it did not before",
        ),
        (
            lambda new: new["properties"].update(reportId={"anyOf": [{"type": "string"}, {"type": "null"}]}),
            "reportId may hold what it did not before",
        ),
        (
            lambda new: new["$defs"]["Place"]["properties"].update(lon={"type": "string"}),
            "place may hold what it did not before",
        ),
    ],
    ids=["removed", "optional", "retyped", "nullable", "retyped within"],
)
def test_planted_breaking_change_is_found(plant: Any, reason: str) -> None:
    new = copy.deepcopy(OLD)
    plant(new)

    assert breaks(OLD, new) == [reason]
