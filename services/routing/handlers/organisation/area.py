"""Defining, redefining and retiring areas. Every change is announced, and what an area was before is kept."""

import asyncio
from collections.abc import Sequence

from services.chassis.mongo import Mongo
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.organisation.changes import Changes, batches, commit
from services.routing.model.organisation.area import Area
from services.routing.model.organisation.organisation import AreaRecord
from services.routing.model.organisation.overlay import OverlayGrid
from services.routing.store.area import AREA_VERSIONS, AREAS, boundary_problem, past_version

_AT_ONCE = 8


async def load_areas(store: Store, records: Sequence[AreaRecord], *, dry_run: bool = False) -> Changes:
    """Define new areas and redefine changed ones; each change is announced. Areas that are not in `records` stay."""
    total = Changes()
    for batch in batches(records):

        async def stage(unit: UnitOfWork, batch: Sequence[AreaRecord] = batch) -> Changes:
            return await _stage_areas(unit, batch)

        total.add(await commit(store, stage, dry_run=dry_run))
    return total


async def refuse_bad_boundaries(mongo: Mongo, records: Sequence[AreaRecord]) -> None:
    """Raises LoadRefused naming the areas whose outline cannot be stored."""
    if problems := await boundary_problems(mongo, records):
        raise LoadRefused(problems)


async def boundary_problems(mongo: Mongo, records: Sequence[AreaRecord | OverlayGrid]) -> list[str]:
    """Outlines that cannot be stored, and why."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def check(record: AreaRecord | OverlayGrid) -> str | None:
        async with gate:
            problem = await boundary_problem(mongo, record.boundary)
        return f"area {record.id}: boundary: {problem}" if problem else None

    return [problem for problem in await asyncio.gather(*map(check, records)) if problem]


async def _stage_areas(unit: UnitOfWork, records: Sequence[AreaRecord]) -> Changes:
    ids = [record.id for record in records]
    rows = await unit.mongo[AREAS.collection.name].find({"_id": {"$in": ids}}).to_list(None)
    known = {row["_id"]: AREAS.from_document(row) for row in rows}
    changes = Changes()
    for record in records:
        area = known.get(record.id)
        if area is None:
            area, events = Area.define(record, unit.now)
            unit.add(AREAS, area, events)
            changes.added["areas"] += 1
            continue
        before = past_version(area, unit.now)
        if events := area.redefine(record, unit.now):
            unit.insert(AREA_VERSIONS.name, before)
            unit.save(AREAS, area, events)
            changes.changed["areas"] += 1
    return changes


async def retire_areas(store: Store, ids: Sequence[str], *, dry_run: bool = False) -> Changes:
    """Retire areas: they still resolve for what lies in them, and nothing new falls into them."""
    total = Changes()
    for batch in batches(ids):

        async def stage(unit: UnitOfWork, batch: Sequence[str] = batch) -> Changes:
            changes = Changes()
            rows = unit.mongo[AREAS.collection.name].find({"_id": {"$in": list(batch)}, "retired_at": None})
            for area in [AREAS.from_document(row) async for row in rows]:
                unit.insert(AREA_VERSIONS.name, past_version(area, unit.now))
                unit.save(AREAS, area, area.retire(unit.now))
                changes.retired["areas"] += 1
            return changes

        total.add(await commit(store, stage, dry_run=dry_run))
    return total
