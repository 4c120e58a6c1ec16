"""The envelope of events: CloudEvents 1.0, in NATS binary mode (attributes are `ce-*` headers, the body is the data).

Beyond the standard attributes: `sequence` counts an aggregate's events without a gap, and `previous` names the last sequence of
each event type before this one, so that a consumer of some of the types can tell whether it missed one (docs/decisions/0003).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import msgspec

# Event payloads are msgspec structs with camelCase names on the wire: one declaration gives encoder, checking decoder and JSON Schema.


class EventData(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of every event payload; unknown fields of a newer publisher are ignored when reading.

    `type` is the CloudEvents type and the NATS subject: `huying.<service>.<aggregate>.<event>.v<major>`.
    """

    type: ClassVar[str]


class Actor(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Who did it: a person, in a post, of a unit; or the system itself (all None). Ids only, never names."""

    person: str | None = None
    post: str | None = None
    unit: str | None = None
    on_behalf_of: str | None = None


SYSTEM = Actor()


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it travels. `type` is also the NATS subject; `data` is JSON text.

    `aggregate` is the third word of the type. `previous` names events of that word by their last word alone, events of another
    word that are numbered with them (an order's `clock.breached`) by both.
    """

    id: str
    type: str
    source: str
    aggregate: str
    aggregate_id: str
    sequence: int
    previous: dict[str, int]
    time: datetime
    actor: Actor
    data: str
    cause: str | None = None
    traceparent: str | None = None

    def headers(self) -> dict[str, str]:
        """The NATS headers; `Nats-Msg-Id` lets the broker drop a quick repeat (the inbox is the guarantee)."""
        headers = {
            "Nats-Msg-Id": self.id,
            "ce-specversion": "1.0",
            "ce-id": self.id,
            "ce-type": self.type,
            "ce-source": self.source,
            "ce-subject": self.aggregate_id,
            "ce-time": self.time.isoformat(),
            "ce-datacontenttype": "application/json",
            "ce-sequence": str(self.sequence),
            "ce-previous": ",".join(f"{t}={n}" for t, n in self.previous.items()),
            "ce-actor": msgspec.json.encode(self.actor).decode(),
        }
        if self.cause:
            headers["ce-cause"] = self.cause
        if self.traceparent:
            headers["traceparent"] = self.traceparent
        return headers

    @classmethod
    def from_message(cls, headers: Mapping[str, Any] | None, body: bytes) -> "Envelope":
        """Read a received message. Raises `msgspec.ValidationError` when it is not an event of ours."""
        try:
            h = headers or {}
            return cls(
                id=h["ce-id"],
                type=h["ce-type"],
                source=h["ce-source"],
                aggregate=h["ce-type"].split(".")[2],
                aggregate_id=h["ce-subject"],
                sequence=int(h["ce-sequence"]),
                previous=_read_previous(h.get("ce-previous", "")),
                time=datetime.fromisoformat(h["ce-time"]),
                actor=msgspec.json.decode(h.get("ce-actor", "{}"), type=Actor),
                data=body.decode(),
                cause=h.get("ce-cause"),
                traceparent=h.get("traceparent"),
            )
        except (KeyError, IndexError, ValueError) as error:
            raise msgspec.ValidationError(f"not a CloudEvent of ours: {error!r}") from error


def name_of(kind: str, word: str) -> str:
    """How an event type is named beside events of `word`: `breached` beside `clock`, `clock.breached` beside `order`."""
    _, _, own, name, *_ = kind.split(".")
    return name if own == word else f"{own}.{name}"


def names_in(kind: str, previous: Mapping[str, int], word: str) -> dict[str, int]:
    """The numbers that an aggregate of `word` keeps, with the names they have in its event of type `kind`."""
    own = kind.split(".")[2]
    if own == word:
        return dict(previous)
    full = {name if "." in name else f"{word}.{name}": number for name, number in previous.items()}
    return {name.removeprefix(f"{own}."): number for name, number in full.items()}


def _read_previous(text: str) -> dict[str, int]:
    pairs = (pair.rpartition("=") for pair in text.split(",") if pair)
    return {name: int(number) for name, _, number in pairs}
