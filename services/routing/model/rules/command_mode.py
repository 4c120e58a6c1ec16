"""Peacetime or emergency command of one area (平急结合, R-30, I-14): switched by the centre with a reason, and back, on record."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from services.chassis.events import Actor, EventData
from services.routing.errors.command_mode import ModeAlready
from services.routing.events.command_mode import ModeSwitched
from services.routing.model.rules.matter import Mode
from services.routing.model.rules.policy import OpenOrders
from services.routing.model.texts import required

KNOWN_EVERYWHERE = timedelta(seconds=10)


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One change of mode."""

    at: datetime
    by: Actor
    mode: Mode
    reason: str
    open_orders: OpenOrders


class CommandMode(msgspec.Struct, kw_only=True):
    """The mode of an area and how it came to it. What lies in an area in emergency is in emergency, whatever its own mode.

    Every area has peacetime command until its first switch. `switched_at` is the newest switch. Where the policy says so, what is
    under way follows it batch by batch: `seen` is the last one of each collection, `next_step_at` when the next batch is due.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    area_id: str
    area_path: tuple[str, ...]
    mode: Mode = Mode.ROUTINE
    switches: list[Switch] = msgspec.field(default_factory=list)
    switched_at: datetime | None = None
    seen: dict[str, str] = msgspec.field(default_factory=dict)
    next_step_at: datetime | None = None

    @classmethod
    def of_area(cls, area_id: str, area_path: Sequence[str]) -> "CommandMode":
        """The mode of an area that was never switched."""
        return cls(id=f"mode_{area_id}", area_id=area_id, area_path=tuple(area_path))

    def switch(self, mode: Mode, reason: str, open_orders: OpenOrders, now: datetime, by: Actor) -> list[EventData]:
        """Change the mode. Raises ModeAlready, TextMissing, TextTooLong."""
        if mode is self.mode:
            raise ModeAlready(path=("mode",), area=self.area_id, mode=mode.value, mode_zh=MODE_ZH[mode])
        reason = required(reason, "reason", "理由", ("reason",))
        self.mode, self.switched_at = mode, now
        self.switches.append(Switch(at=now, by=by, mode=mode, reason=reason, open_orders=open_orders))
        self.seen = {}
        self.next_step_at = now if open_orders is OpenOrders.RECOMPUTE else None
        path = list(self.area_path)
        return [ModeSwitched(area_id=self.area_id, area_path=path, mode=mode, reason=reason, open_orders=open_orders)]

    def follow_on(self, last: Mapping[str, str], now: datetime, *, more: bool) -> None:
        """A batch of each collection has followed, up to `last`. The end is not before every replica has known of the switch for a
        while, because one that did not may have opened orders in the old mode."""
        self.seen = {**self.seen, **last}
        assert self.switched_at  # what made them follow
        settled = self.switched_at + KNOWN_EVERYWHERE
        self.next_step_at = now if more else settled if now < settled else None


MODE_ZH = {Mode.ROUTINE: "平时", Mode.EMERGENCY: "应急"}
