"""What statistics count, with definitions that stay: one row an ended order, its facts, figures of them, rates made of two counts each.

Definitions, version 1 (docs/front-end.md, Figures):
- an order counts in the period in which it last ended, for the unit that led it then; recalled and cancelled ones count as such only;
- on time: closed with the resolve clock kept; accepted on time: the last lead accepted by an act before its deadline;
- rework: closed orders that a checker or the caller sent back at least once; reopen: those sent back by the caller;
- bounce: turns as lead that ended in a return, of all turns as lead; first time right: closed without a return, transfer or rework;
- areas are those of today: an order counts where its place lies now, also after areas were cut anew, so that years compare.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.parts import Turn
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.point import Point

DEFINITIONS_VERSION = 1


class Ending(StrEnum):
    """How an order ended."""

    CLOSED = "closed"
    RECALLED = "recalled"
    CANCELLED = "cancelled"


class LedBy(msgspec.Struct, frozen=True, kw_only=True):
    """One unit's turn as lead; `in_time`: it accepted by an act before its deadline."""

    unit: str
    returned: bool
    in_time: bool


class Facts(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """All that figures ask of an ended order but its unit, its areas and its times. Few kinds of facts occur, so that MongoDB counts how
    often each does, and `Figures` what that means."""

    ending: Ending
    level: str
    passed_on: bool
    on_time: bool
    turns: int
    returned: int
    accepted_in_time: int
    transferred_up: bool
    extended: bool
    reworked: bool
    reopened: bool
    satisfaction: int | None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """An ended order as statistics see it. `id` is the order's; durations are seconds; sealed matters have no outcome."""

    id: str
    unit: str
    post: str
    level: str
    category: str | None
    urgency: str
    area_id: str | None
    area_path: tuple[str, ...]
    place: Point | None
    ending: Ending
    received_at: datetime
    ended_at: datetime
    on_time: bool
    turns: tuple[LedBy, ...]
    reworks: int
    reopened: int
    satisfaction: int | None
    handled_seconds: int
    transferred_up: bool
    extensions: int

    @classmethod
    def of(cls, order: WorkOrder, level: str, ended_at: datetime) -> "Outcome":
        """What an order that has ended came to; `level` is that of the post which led it last."""
        resolve = order.clocks.get(ClockKind.RESOLVE)  # a draft that was dropped has none
        return cls(
            id=order.id,
            unit=order.lead_unit,
            post=order.lead_post,
            level=level,
            category=order.category,
            urgency=order.urgency,
            area_id=order.area_id,
            area_path=order.area_path,
            place=order.place,
            ending=Ending(order.state),
            received_at=order.received_at,
            ended_at=ended_at,
            on_time=bool(resolve and resolve.kept),
            turns=tuple(
                LedBy(unit=turn.unit, returned=turn.returned_at is not None, in_time=_accepted_in_time(turn))
                for turn in order.dispatches
            ),
            reworks=len(order.reworks),
            reopened=sum(rework.by_caller for rework in order.reworks),
            satisfaction=order.verdict.satisfaction if order.verdict else None,
            handled_seconds=int((ended_at - order.received_at).total_seconds()),
            transferred_up=bool(order.upward),
            extensions=sum(bool(extension.granted) for extension in order.extensions),
        )

    @property
    def facts(self) -> Facts:
        """What figures ask of it; passed on is what another unit than the last led too."""
        return Facts(
            ending=self.ending,
            level=self.level,
            passed_on=any(turn.unit != self.unit for turn in self.turns),
            on_time=self.on_time,
            turns=len(self.turns),
            returned=sum(turn.returned for turn in self.turns),
            accepted_in_time=sum(turn.in_time for turn in self.turns),
            transferred_up=self.transferred_up,
            extended=self.extensions > 0,
            reworked=self.reworks > 0,
            reopened=self.reopened > 0,
            satisfaction=self.satisfaction,
        )


def _accepted_in_time(turn: Turn) -> bool:
    return turn.accepted_at is not None and not turn.by_silence and turn.accepted_at <= turn.accept_by


class Rate(msgspec.Struct, frozen=True):
    """A share as the two counts it is made of."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.of if self.of else None


class Figures(msgspec.Struct):
    """What the outcomes of one unit, or of one area, come to."""

    ended: int = 0
    closed: int = 0
    recalled: int = 0
    cancelled: int = 0
    on_time: int = 0
    first_time_right: int = 0
    transferred_up: int = 0
    extended: int = 0
    reworked: int = 0
    reopened: int = 0
    rated: int = 0
    satisfied: int = 0
    satisfaction_sum: int = 0
    handled_seconds: int = 0
    turns: int = 0
    returned: int = 0
    accepted_in_time: int = 0
    levels: dict[str, int] = {}

    def count(self, facts: Facts, orders: int, seconds: int) -> None:
        """Orders that have these facts in common, and took so long together; their turns are counted apart."""
        self.ended += orders
        if facts.ending is Ending.RECALLED:
            self.recalled += orders
        elif facts.ending is Ending.CANCELLED:
            self.cancelled += orders
        else:
            self._count_closed(facts, orders, seconds)

    def _count_closed(self, facts: Facts, orders: int, seconds: int) -> None:
        self.closed += orders
        self.handled_seconds += seconds
        self.levels[facts.level] = self.levels.get(facts.level, 0) + orders
        self.on_time += orders * facts.on_time
        self.first_time_right += orders * (facts.turns == 1 and not facts.reworked)
        self.transferred_up += orders * facts.transferred_up
        self.extended += orders * facts.extended
        self.reworked += orders * facts.reworked
        self.reopened += orders * facts.reopened
        if facts.satisfaction is not None:
            self.rated += orders
            self.satisfied += orders * (facts.satisfaction >= 4)
            self.satisfaction_sum += orders * facts.satisfaction

    def count_turns(self, turns: int, returned: int, accepted_in_time: int) -> None:
        """Turns as lead."""
        self.turns += turns
        self.returned += returned
        self.accepted_in_time += accepted_in_time

    def of_closed(self, count: int) -> Rate:
        """A share of the closed orders."""
        return Rate(count, self.closed)

    def of_turns(self, count: int) -> Rate:
        """A share of the turns as lead."""
        return Rate(count, self.turns)
