"""The auditor: nothing that should happen by itself stays undone unseen (domain.md §3.3, §4 request 4).

A running escalation is stuck when its next step is past by more than one tick, or when it has none. Other timed work is late when
its step is past by as much. What is found is counted; the repair makes it due now, and forgets that it was tried in vain.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from prometheus_client import Counter, Gauge

from services.chassis.errors import StoreError
from services.chassis.leases import Lease
from services.chassis.mongo import Document, translated
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.model.ladder.escalation_parts import EscalationState
from services.routing.store.escalation import ESCALATIONS

log = logging.getLogger(__name__)

# Twice what a claim of a living worker lasts.
TICK = timedelta(seconds=60)
_EVERY_SECONDS = 30.0
_AT_MOST = 1000

_S = EscalationState
_RUNS = [state.value for state in (_S.ARMED, _S.RUNNING, _S.ACKNOWLEDGED)]

FOUND = Counter("huying_escalations_stuck_total", "Running escalations found with a step that is past or none")
REPAIRED = Counter("huying_escalations_repaired_total", "Of those, made due again")
STUCK = Gauge("huying_escalations_stuck_now", "Stuck escalations at the last look of this process")
LATE = Gauge("huying_timed_work_late", "Documents whose step is past by more than a tick, at most 1000", ["collection"])


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """One look: ids of stuck escalations, how many were repaired, how many documents are late in each collection."""

    at: datetime
    stuck: tuple[str, ...]
    repaired: int
    late: Mapping[str, int]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.stuck and not any(self.late.values())


async def audit(store: Store, collections: Sequence[str], *, repair: bool) -> Audit:
    """Look once; `collections` are those of timed work. Of each at most 1000 are looked at. Raises StoreError."""
    now = store.clock()
    with translated():
        stuck = await _stuck(store, now)
        late = {name: await _late(store, name, now) for name in collections if name != ESCALATIONS.collection.name}
    repaired = 0
    if repair:
        for escalation_id in stuck:
            repaired += await _rearm(store, escalation_id)
        with translated():
            for name in (name for name, count in late.items() if count):
                await _forget_failures(store, name, now)
    FOUND.inc(len(stuck))
    REPAIRED.inc(repaired)
    STUCK.set(len(stuck) - repaired)
    for name, count in late.items():
        LATE.labels(name).set(count)
    return Audit(at=now, stuck=tuple(stuck), repaired=repaired, late=late)


class Auditor:
    """Looks again and again, in one replica at a time; `last` is what it saw."""

    def __init__(self, store: Store, collections: Sequence[str]) -> None:
        self._store = store
        self._collections = collections
        self._lease = Lease(store, "auditor", _EVERY_SECONDS * 2)
        self.last: Audit | None = None

    async def run(self) -> None:
        """For ever; cancel to stop."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("auditor waits", extra={"error": type(error).__name__})
            await asyncio.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Once, if it is this replica's turn. Raises StoreError."""
        if not await self._lease.held():
            self.last = None
            return
        self.last = await audit(self._store, self._collections, repair=True)
        if not self.last.clean:
            log.error("timed work was late", extra={"stuck": len(self.last.stuck), "late": dict(self.last.late)})

    def report(self) -> object:
        """For the health check; None where another replica looks."""
        return msgspec.to_builtins(self.last) if self.last else None


async def _stuck(store: Store, now: datetime) -> list[str]:
    found: list[str] = []
    for next_step in ({"$lt": now - TICK}, None):
        where: Document = {"state": {"$in": _RUNS}, "next_step_at": next_step}
        cursor = store.mongo[ESCALATIONS.collection.name].find(where, {"_id": 1}).limit(_AT_MOST)
        found += [row["_id"] async for row in cursor]
    return found


async def _rearm(store: Store, escalation_id: str) -> bool:
    async def attempt(unit: UnitOfWork) -> bool:
        escalation = await unit.get(ESCALATIONS, escalation_id)
        if not escalation.is_stuck(unit.now, TICK):
            return False
        escalation.rearm(unit.now)
        unit.save(ESCALATIONS, escalation)
        return True

    return await store.run(attempt)


async def _late(store: Store, collection: str, now: datetime) -> int:
    where = {"next_step_at": {"$lt": now - TICK}}
    return await store.mongo[collection].count_documents(where, limit=_AT_MOST)


async def _forget_failures(store: Store, collection: str, now: datetime) -> None:
    """A step that failed is tried again later each time; after a repair at once."""
    where = {"next_step_at": {"$lt": now - TICK}, "step_claim.until": {"$exists": True}}
    await store.mongo[collection].update_many(where, {"$unset": {"step_claim": ""}})
