"""What a load of reference data changed, and how its steps are committed: in batches, each with the next version of the whole."""

import dataclasses
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from services.chassis.events import SYSTEM
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.store.organisation import count_up, current_version

_BATCH = 200

T = TypeVar("T")


@dataclasses.dataclass
class Changes:
    """What a load changed, or would change: kind → how many."""

    added: Counter[str] = dataclasses.field(default_factory=Counter)
    changed: Counter[str] = dataclasses.field(default_factory=Counter)
    retired: Counter[str] = dataclasses.field(default_factory=Counter)
    orders_moved: int = 0
    orders_handed_over: int = 0

    def add(self, other: "Changes") -> None:
        """Count `other` in."""
        self.added += other.added
        self.changed += other.changed
        self.retired += other.retired
        self.orders_moved += other.orders_moved
        self.orders_handed_over += other.orders_handed_over

    def __str__(self) -> str:
        parts = [
            f"{count} {kind} {what}"
            for what, counter in (("added", self.added), ("changed", self.changed), ("retired", self.retired))
            for kind, count in sorted(counter.items())
        ]
        if self.orders_moved:
            parts.append(f"{self.orders_moved} open orders lie elsewhere")
        if self.orders_handed_over:
            parts.append(f"{self.orders_handed_over} open orders get another lead")
        return ", ".join(parts) or "nothing changed"


async def commit(store: Store, stage: Callable[[UnitOfWork], Awaitable[Changes]], *, dry_run: bool) -> Changes:
    """Stage and commit, and count the organisation's version up with it, which replicas watch."""

    async def attempt(unit: UnitOfWork) -> Changes:
        seen = await current_version(unit.mongo)
        changes = await stage(unit)
        if unit.writes:
            await count_up(unit, seen=seen)
        return changes

    if dry_run:
        return await stage(UnitOfWork(store, actor=SYSTEM))
    return await store.run(attempt)


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in portions that one transaction takes."""
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
