"""The month itself: reports come in, what is due is done, people act; then the rest of the way until everything has had its time."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from nats.js import JetStreamContext

from dev.simulation.messages import Message
from dev.simulation.people import Town
from dev.simulation.stage import Stage
from services.chassis.unit_of_work import OUTBOX
from services.routing.model.clock.calendar import LOCAL

_TICK = timedelta(minutes=30)
_SHOWN = {
    "受理 received": "report.received",
    "办结 closed": "order.closed",
    "超时 breached": "clock.breached",
    "重办 reworked": "order.reworked",
}


class Month:
    """Plays `messages` on a stage, tick by tick. `events` counts every event type that was announced."""

    def __init__(self, stage: Stage, broker: JetStreamContext, town: Town, messages: Sequence[Message]) -> None:
        self._stage = stage
        self._broker = broker
        self._town = town
        self._messages = list(reversed(messages))
        self._heard: dict[str, str] = {}
        self._by_day: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.events: Counter[str] = Counter()
        self.refused = 0

    @property
    def days(self) -> list[str]:
        """The days on which something happened."""
        return sorted(self._by_day)

    @property
    def series(self) -> dict[str, list[int]]:
        """What a chart shows of each day."""
        return {name: [self._by_day[day][kind] for day in self.days] for name, kind in _SHOWN.items()}

    async def play(self, until: datetime, progress: Callable[[datetime], None]) -> None:
        """Go on until the clock shows `until`."""
        started = time.perf_counter()
        while self._stage.now < until:
            self._stage.now = min(self._stage.now + _TICK, until)
            await self._tick()
            if time.perf_counter() - started > 5:
                started = time.perf_counter()
                progress(self._stage.now)

    async def _tick(self) -> None:
        now = self._stage.now
        coming: list[Message] = []
        while self._messages and self._messages[-1].at <= now:
            coming.append(self._messages.pop())
        filed = await asyncio.gather(*(self._town.submit(message) for message in coming))
        self.refused += filed.count(None)
        await self._settle()
        while await self._stage.do_what_is_due() or await self._town.act(now):
            await self._settle()

    async def _settle(self) -> None:
        """Every event has its effect, and everybody hears of it."""
        await self._stage.settle(self._broker)
        for service in self._stage.services:
            after = self._heard.get(service.name, "")
            rows = service.mongo[OUTBOX.name].find({"_id": {"$gt": after}}, {"type": 1, "data": 1}).sort("_id", 1)
            async for row in rows:
                self._heard[service.name] = row["_id"]
                kind = ".".join(row["type"].split(".")[2:4])
                self.events[kind] += 1
                self._by_day[f"{self._stage.now.astimezone(LOCAL):%m-%d}"][kind] += 1
                self._town.hear(kind, json.loads(row["data"]))
