"""What the centre works by, in numbered versions: drafted, activated with a reason, superseded, and perhaps activated anew.

A rule set and a policy are the two kinds; `rule_set.py` and `policy_version.py` say what each holds and announces.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.configuration import ConfigurationInForce
from services.routing.model.texts import optional, required

C = TypeVar("C")


class ConfigurationState(StrEnum):
    """Where a version is; one version of a kind at most is active."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


_S = ConfigurationState
# Which act is possible in which state, and where it leads. A version that was superseded may come into force again.
TRANSITIONS: dict[str, tuple[frozenset[ConfigurationState], ConfigurationState]] = {
    "activate": (frozenset({_S.DRAFT, _S.SUPERSEDED}), _S.ACTIVE),
    "supersede": (frozenset({_S.ACTIVE}), _S.SUPERSEDED),
}


class Activation(msgspec.Struct, kw_only=True):
    """A time in force: since when, by whom, why, until when."""

    at: datetime
    by: Actor
    reason: str
    until: datetime | None = None


class Drafted(Protocol):
    """The event of a draft."""

    def __call__(self, *, version_id: str, number: int, note: str) -> EventData: ...


class Activated(Protocol):
    """The event of a version that comes into force in the place of the version with number `replaces`."""

    def __call__(self, *, version_id: str, number: int, reason: str, replaces: int | None) -> EventData: ...


class Superseded(Protocol):
    """The event of a version that goes out of force."""

    def __call__(self, *, version_id: str, number: int, replaced_by: int) -> EventData: ...


class Configuration(msgspec.Struct, Generic[C], kw_only=True):
    """One version. Its methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `number` counts the versions of a kind; `from_file` when a load brought it, whose author is then the system.
    """

    prefix: ClassVar[str]
    announce_draft: ClassVar[Drafted]
    announce_activation: ClassVar[Activated]
    announce_end: ClassVar[Superseded]

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: int
    content: C
    state: ConfigurationState = _S.DRAFT
    note: str
    from_file: bool = False
    drafted_at: datetime
    drafted_by: Actor
    activations: list[Activation] = msgspec.field(default_factory=list)

    @classmethod
    def draft(
        cls, number: int, content: C, note: str | None, now: datetime, by: Actor, *, from_file: bool = False
    ) -> tuple[Self, list[EventData]]:
        """A new version, not yet in force. Raises TextTooLong."""
        text = optional(note, ("note",)) or ""
        values: dict[str, Any] = {"number": number, "content": content, "note": text, "from_file": from_file}
        one = cls(id=new_id(cls.prefix), drafted_at=now, drafted_by=by, **values)
        return one, [cls.announce_draft(version_id=one.id, number=number, note=text)]

    @property
    def in_force(self) -> bool:
        """Whether it is the active version."""
        return self.state is _S.ACTIVE

    def activate(self, reason: str, replaces: int | None, now: datetime, by: Actor) -> list[EventData]:
        """It comes into force. Raises ConfigurationInForce, TextMissing, TextTooLong."""
        if self.state not in TRANSITIONS["activate"][0]:
            raise ConfigurationInForce(number=self.number)
        reason = required(reason, "reason", "理由", ("reason",))
        self.activations.append(Activation(at=now, by=by, reason=reason))
        self.state = TRANSITIONS["activate"][1]
        event = self.announce_activation(version_id=self.id, number=self.number, reason=reason, replaces=replaces)
        return [event]

    def supersede(self, replaced_by: int, now: datetime) -> list[EventData]:
        """Another version takes its place. No event when it is not in force."""
        if self.state not in TRANSITIONS["supersede"][0]:
            return []
        self.activations[-1].until = now
        self.state = TRANSITIONS["supersede"][1]
        return [self.announce_end(version_id=self.id, number=self.number, replaced_by=replaced_by)]
