"""Now, as a port: model and handlers receive a clock, so tests and simulations can move time.

A service takes its time from its MongoDB, so that all its replicas have the same whatever the clocks of their machines say.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from prometheus_client import Gauge

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

_SAMPLE_SECONDS = 10.0
# An answer that took longer says too little about now.
_LONGEST_ROUND_TRIP = 0.5
# At most this much of the time until the next answer is given back.
_GIVEN_BACK = 0.5
_TELL_FROM_SECONDS = 2.0

OFFSET = Gauge("huying_clock_offset_seconds", "How far the machine's clock is ahead of the store's")


def utc_now() -> datetime:
    """The present moment, aware UTC, cut to the millisecond that MongoDB keeps."""
    return _cut(datetime.now(UTC))


class SteadyClock:
    """The store's time: asked for now and then, counted on in between, never backwards.

    Until it is asked for, the machine's. When the store's time is ahead, it is taken over at once: this machine slept. When it is
    behind (it was put right, or another machine is primary now), ours goes on at half its pace or faster until the store's has
    caught up, so that no timer stops.
    """

    def __init__(self, wall: Clock = utc_now, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._anchor, self._anchored_at = wall(), monotonic()
        self._ahead = 0.0  # seconds to give back until the next answer
        self._sampled = False
        self._told = False

    def __call__(self) -> datetime:
        """The present moment, as `utc_now`."""
        return _cut(self._at(self._monotonic()))

    async def sample(self, store_time: Callable[[], Awaitable[datetime]]) -> None:
        """Ask the store once. An answer that took long is left out, unless it is the first. Raises what `store_time` raises."""
        asked_at = self._monotonic()
        answer = await store_time()
        now = self._monotonic()
        if now - asked_at > _LONGEST_ROUND_TRIP and self._sampled:
            return
        store = answer + timedelta(seconds=(now - asked_at) / 2)
        self._observe((self._wall() - store).total_seconds())
        ours = self._at(now) if self._sampled else store  # before, nobody was told a time
        self._anchor, self._anchored_at, self._sampled = max(store, ours), now, True
        self._ahead = min((self._anchor - store).total_seconds(), _GIVEN_BACK * _SAMPLE_SECONDS)

    async def follow(self, store_time: Callable[[], Awaitable[datetime]]) -> None:
        """Ask for ever; while the store does not answer, time is counted on."""
        while True:
            await asyncio.sleep(_SAMPLE_SECONDS)
            try:
                await self.sample(store_time)
            except Exception as error:
                log.warning("the store does not tell the time", extra={"error": type(error).__name__})

    def _at(self, monotonic: float) -> datetime:
        passed = monotonic - self._anchored_at
        return self._anchor + timedelta(seconds=passed - self._ahead * min(1, passed / _SAMPLE_SECONDS))

    def _observe(self, offset: float) -> None:
        OFFSET.set(offset)
        wrong = abs(offset) > _TELL_FROM_SECONDS
        if wrong and not self._told:
            log.warning("this machine's clock is %+.1f s from the store's; the store's is used", offset)
        self._told = wrong


def _cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
