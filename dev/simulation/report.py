"""What a month came to: the ladder's scoreboard as a command centre would ask for it, and the counts that must reconcile."""

import dataclasses
from collections import Counter
from datetime import datetime
from typing import Any

from dev.district.units import CENTRE_DESK
from dev.simulation.month import Month
from dev.simulation.people import Temperament, Town
from dev.simulation.stage import Stage
from dev.simulation.tables import share, table
from services.chassis.mongo import maybe_await
from services.intake.store import REPORTS
from services.mediation.store import CASES
from services.routing.store.call import CALLS
from services.routing.store.decision import DECISIONS
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.outcome import OUTCOMES
from services.routing.store.work_order import WORK_ORDERS

_RATE = "{ count of }"
_FIGURES = f"ended closed onTime {_RATE} acceptedOnTime {_RATE} firstTimeRight {_RATE} rework {_RATE} bounce {_RATE} "
_FIGURES += f"reopened {_RATE} satisfied {_RATE} meanHours"
_UNITS = f"""query($since: DateTime!, $until: DateTime!) {{
  orgUnits {{ id name scoreboard(since: $since, until: $until) {{ {_FIGURES} }} }}
}}"""
_DISTRICT = f"""query($area: ID!, $since: DateTime!, $until: DateTime!) {{ area(id: $area) {{
  name statistics(since: $since, until: $until) {{ {_FIGURES} settledAt {{ level closed {_RATE} }} }}
}} }}"""
_BOARD = """query { centreBoard { counts { queue count more } exhausted(first: 100) { nodes { id } } } }"""
_OPEN_REASONS = {
    "dispatched": "等待接单 waits to be accepted",
    "returned": "退回待派 returned, the centre names another",
    "adjudicating": "裁定中 the centre rules",
    "accepted": "已接单未开工 accepted, not begun",
    "working": "办理中 at work",
    "rework": "重办中 at work again",
    "suspended": "挂起 waits for a named party",
    "deferred": "挂账 deferred, with a date",
    "joined": "并单 handled with a running order",
    "transferred_up": "上报转办 with a superior system",
    "submitted": "待审核 waits to be verified",
    "verified": "待诉求人确认 waits for the caller",
    "en_route": "赶赴现场 on the way",
    "on_scene": "已到现场 on scene",
}


@dataclasses.dataclass(frozen=True)
class Line:
    """One statement that the counts must bear out."""

    text: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether both sides are the same."""
        return self.left == self.right


class Report:
    """Reads the stage when the month is over."""

    def __init__(self, stage: Stage, town: Town, month: Month, since: datetime, filed: int) -> None:
        self._stage = stage
        self._town = town
        self._month = month
        self._period = {"since": since.isoformat(), "until": stage.now.isoformat()}
        self._filed = filed

    async def text(self) -> str:
        """Every table."""
        parts = [await self._flow(), await self._district(), await self._units(), await self._by_temperament()]
        return "\n".join([*parts, await self._ladders(), await self._board()])

    async def lines(self) -> list[Line]:
        """What must hold between the services at the end."""
        intake, routing, mediation = (service.mongo for service in self._stage.services)
        orders = routing[WORK_ORDERS.collection.name]
        states = await self._states()
        open_ones = sum(count for state, count in states.items() if state in _OPEN_REASONS)
        ended = sum(states.values()) - open_ones
        decided = await routing[DECISIONS.collection.name].distinct("report.report_id")
        mediated = await routing[DECISIONS.collection.name].distinct("report.report_id", {"path": "mediation"})
        ordered = await orders.distinct("report_id")
        running = {"$in": ["armed", "running", "acknowledged"]}
        return [
            Line("reports stored = filed", await intake[REPORTS.name].count_documents({}), self._filed),
            Line("reports decided = filed", len(decided), self._filed),
            Line("reports with an order or for mediation = filed", len({*ordered, *mediated}), self._filed),
            Line(
                "cases registered = for mediation",
                await mediation[CASES.collection.name].count_documents({}),
                len(mediated),
            ),
            Line("orders ended + open = orders", ended + open_ones, await orders.count_documents({})),
            Line("open orders without a lead = 0", await orders.count_documents({"open": True, "lead_post": None}), 0),
            Line(
                "orders at work with nothing due = 0",
                await orders.count_documents(
                    {"state": {"$in": ["dispatched", "accepted", "working", "rework"]}, "due_at": None}
                ),
                0,
            ),
            Line("outcomes = orders ended", await routing[OUTCOMES.name].count_documents({}), ended),
            Line(
                "order.dispatched announced ≥ orders (short by)",
                max(0, sum(states.values()) - self._month.events["order.dispatched"]),
                0,
            ),
            Line(
                "escalations that run for an ended order = 0",
                await _running_for_ended(routing),
                0,
            ),
            Line(
                "escalations that run with no next step = 0",
                await routing[ESCALATIONS.collection.name].count_documents({"state": running, "next_step_at": None}),
                0,
            ),
            Line(
                "calls made = reports filed by attendants",
                await routing[CALLS.collection.name].count_documents({}),
                self._town.called,
            ),
        ]

    async def _states(self) -> Counter[str]:
        rows = self._stage.routing.mongo[WORK_ORDERS.collection.name].aggregate(
            [{"$group": {"_id": "$state", "count": {"$sum": 1}}}]
        )
        found: Counter[str] = Counter()
        async for row in await maybe_await(rows):
            found[row["_id"]] = row["count"]
        return found

    async def _flow(self) -> str:
        events = self._month.events
        rows = [
            (name, events[kind])
            for name, kind in (
                ("诉求受理 reports received", "report.received"),
                ("呼叫 calls made", "call.made"),
                ("派单 orders dispatched", "order.dispatched"),
                ("退回 returned", "order.returned"),
                ("裁定 ruled", "order.ruled"),
                ("挂起 suspended", "order.suspended"),
                ("延期批复 extensions decided", "order.extension_decided"),
                ("回单 submitted", "order.submitted"),
                ("重办 sent back or reopened", "order.reworked"),
                ("办结 closed", "order.closed"),
                ("转调解 sent to mediation", "decision.made"),
            )
        ]
        return table("一个月的流转 The month", ("event", "count"), rows)

    async def _district(self) -> str:
        desk = self._town.caller_of(CENTRE_DESK)
        area = (await self._stage.ask_routing(_DISTRICT, desk, area=desk.area, **self._period))["area"]
        figures = area["statistics"]
        rows = [
            ("按时办结 on time", *_rate(figures["onTime"])),
            ("主动按时接单 accepted on time", *_rate(figures["acceptedOnTime"])),
        ]
        rows += [
            ("一次办结 first time right", *_rate(figures["firstTimeRight"])),
            ("重办 rework", *_rate(figures["rework"])),
        ]
        rows += [("退单 bounce", *_rate(figures["bounce"])), ("重开 reopened", *_rate(figures["reopened"]))]
        rows += [("满意 satisfied", *_rate(figures["satisfied"]))]
        rows += [(f"办结层级 settled at {row['level'].lower()}", *_rate(row["closed"])) for row in figures["settledAt"]]
        return table(f"{area['name']} The district", ("figure", "count", "of", "share"), rows)

    async def _units(self, most: int = 15) -> str:
        rows = [row for row in await self._scoreboards() if row["scoreboard"]["ended"]]
        rows.sort(key=lambda row: -row["scoreboard"]["ended"])
        shown = [
            (row["name"], self._town.temperaments[row["id"]].value, *_columns(row["scoreboard"])) for row in rows[:most]
        ]
        return table(
            f"单位成绩单 Scoreboard (the {most} busiest of {len(rows)} units)", ("unit", "temperament", *_HEAD), shown
        )

    async def _by_temperament(self) -> str:
        """The figures of all units of one temperament: what the month was made of must show."""
        sums: dict[Temperament, Counter[str]] = {temperament: Counter() for temperament in Temperament}
        for row in await self._scoreboards():
            total, figures = sums[self._town.temperaments[row["id"]]], row["scoreboard"]
            total["ended"] += figures["ended"]
            for name in _RATES:
                total[name] += figures[name]["count"]
                total[f"of {name}"] += figures[name]["of"]
        shown = [
            (temperament.value, total["ended"], *(share(total[name], total[f"of {name}"]) for name in _RATES))
            for temperament, total in sums.items()
        ]
        return table("按单位作风 By temperament", ("temperament", "ended", *_HEAD[1:]), shown)

    async def _scoreboards(self) -> list[dict[str, Any]]:
        desk = self._town.caller_of(CENTRE_DESK)
        units: list[dict[str, Any]] = (await self._stage.ask_routing(_UNITS, desk, **self._period))["orgUnits"]
        return units

    async def _ladders(self) -> str:
        events = self._month.events
        rows = [(kind, count) for kind, count in sorted(events.items()) if kind.split(".")[0] in _LADDER]
        return table("提级与督办 Ladders", ("event", "count"), rows)

    async def _board(self) -> str:
        """Everything that is not over, and why."""
        desk = self._town.caller_of(CENTRE_DESK)
        board = (await self._stage.ask_routing(_BOARD, desk))["centreBoard"]
        states = await self._states()
        rows = [(reason, states[state]) for state, reason in _OPEN_REASONS.items() if states[state]]
        rows += [("提级到顶 ladders at their top", len(board["exhausted"]["nodes"]))]
        rows += [
            ("其中超期 of these overdue", next(row["count"] for row in board["counts"] if row["queue"] == "OVERDUE"))
        ]
        return table("月末看板 The board at the end", ("orders that are not over", "count"), rows)


_LADDER = frozenset({"clock", "call", "escalation", "supervision"})
_RATES = ("onTime", "acceptedOnTime", "firstTimeRight", "rework", "bounce", "reopened", "satisfied")
_HEAD = ("ended", "on time", "accepted", "first time", "rework", "bounce", "reopened", "satisfied")


def _rate(rate: dict[str, int]) -> tuple[int, int, str]:
    return rate["count"], rate["of"], share(rate["count"], rate["of"])


def _columns(figures: dict[str, Any]) -> tuple[object, ...]:
    return figures["ended"], *(share(figures[name]["count"], figures[name]["of"]) for name in _RATES)


async def _running_for_ended(mongo: Any) -> int:
    """Escalations that still run although their order has ended."""
    rows = mongo[ESCALATIONS.collection.name].find(
        {"open": True, "subject.kind": "order", "state": {"$ne": "exhausted"}}, {"subject.id": 1}
    )
    orders = [row["subject"]["id"] async for row in rows]
    count: int = await mongo[WORK_ORDERS.collection.name].count_documents({"_id": {"$in": orders}, "open": False})
    return count
