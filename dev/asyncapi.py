"""The AsyncAPI 3.0 document of the platform: a channel for each event type, who sends it, and which durable consumers read it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.app import Service
from services.chassis.bus import stream_name

# The attributes of CloudEvents in NATS binary mode, as `services.chassis.events.Envelope.headers` writes them.
_HEADERS: dict[str, str] = {
    "Nats-Msg-Id": "The event's id, by which the broker drops a quick repeat.",
    "ce-specversion": "CloudEvents version.",
    "ce-id": "Unique; the same id is the same event.",
    "ce-type": "The subject: huying.<service>.<aggregate>.<event>.v<major>.",
    "ce-source": "huying/<service>.",
    "ce-subject": "The aggregate's id.",
    "ce-time": "When it happened.",
    "ce-datacontenttype": "application/json.",
    "ce-sequence": "Counts the aggregate's events from 1 without a gap.",
    "ce-previous": "Before this event, the last sequence of each type of the aggregate: received=1,triaged=2; "
    "a type with another third word by both: clock.warned=3.",
    "ce-actor": "JSON: person, post, unit, onBehalfOf. Ids, never names; {} is the system.",
}
_OPTIONAL_HEADERS: dict[str, str] = {
    "ce-cause": "The event that led to this one.",
    "traceparent": "W3C trace context.",
}


def document(schemas: Mapping[str, Mapping[str, Any]], services: Sequence[Service]) -> dict[str, Any]:
    """AsyncAPI for these event schemas by type; `services` are asked which events they consume."""
    readers = _readers(services)
    channels = {}
    operations: dict[str, Any] = {}
    messages = {}
    for subject, schema in schemas.items():
        _, service, aggregate, event, version = subject.split(".")
        channels[subject] = {
            "address": subject,
            "messages": {"event": {"$ref": f"#/components/messages/{subject}"}},
            "x-jetstream": {"stream": stream_name(service), "durables": readers[subject]},
        }
        messages[subject] = {
            "name": subject,
            "title": f"{aggregate} {event} {version}",
            "summary": schema["description"].partition("\n")[0] or f"{aggregate} {event}",
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/CloudEventHeaders"},
            "payload": {
                "schemaFormat": "application/schema+json;version=draft-2020-12",
                "schema": {"$ref": f"./events/{subject}.json"},
            },
            "examples": [{"payload": example} for example in schema["examples"]],
        }
        channel = {"$ref": f"#/channels/{subject}"}
        operations[f"{service}.send.{subject}"] = {"action": "send", "channel": channel}
        for durable in readers[subject]:
            operations[f"{durable}.receive.{subject}"] = {"action": "receive", "channel": channel}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huying events",
            "version": "1",
            "description": "CloudEvents 1.0 on NATS JetStream in binary mode: attributes are `ce-` headers, the body is the data.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": {"CloudEventHeaders": _header_schema()}, "messages": messages},
    }


def _readers(services: Sequence[Service]) -> defaultdict[str, list[str]]:
    """Event type to the durable names of those who consume it."""
    readers: defaultdict[str, list[str]] = defaultdict(list)
    for service in services:
        for consumer in service.consumers:
            for kind in consumer.reads:
                readers[kind].append(consumer.durable)
    return readers


def _header_schema() -> dict[str, Any]:
    texts = _HEADERS | _OPTIONAL_HEADERS
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": text} for name, text in texts.items()},
        "required": list(_HEADERS),
    }
