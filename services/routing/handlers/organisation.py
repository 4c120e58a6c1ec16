"""Loading the organisation: what is new or changed becomes a new version, what is gone is retired, the rest is left alone."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from services.chassis.events import SYSTEM
from services.chassis.mongo import Mongo
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.absence import find_gaps
from services.routing.handlers.configuration import differs_from_load, in_words, stage_load
from services.routing.handlers.responder import enrol_loaded
from services.routing.model.area import Area
from services.routing.model.organisation import AreaRecord, Organisation, Person, Post, Responder, Unit
from services.routing.model.overlay import OverlayGrid
from services.routing.model.policy_version import policy_problems
from services.routing.model.rules import rule_problems
from services.routing.store.area import AREA_VERSIONS, AREAS, boundary_problem, past_version
from services.routing.store.configuration import POLICIES, RULE_SETS, in_force
from services.routing.store.organisation import KINDS, count_up, read_directory, stored, to_document

_BATCH = 200
_BY_LOAD = "organisation file 组织文件"
_AT_ONCE = 8

T = TypeVar("T")
_Records = Mapping[type[Any], Sequence[Any]]  # kind of record → records of that kind


@dataclasses.dataclass
class Changes:
    """What a load changed, or would change: kind → how many."""

    added: Counter[str] = dataclasses.field(default_factory=Counter)
    changed: Counter[str] = dataclasses.field(default_factory=Counter)
    retired: Counter[str] = dataclasses.field(default_factory=Counter)

    def add(self, other: "Changes") -> None:
        """Count `other` in."""
        self.added += other.added
        self.changed += other.changed
        self.retired += other.retired

    def __str__(self) -> str:
        parts = [
            f"{count} {kind} {what}"
            for what, counter in (("added", self.added), ("changed", self.changed), ("retired", self.retired))
            for kind, count in sorted(counter.items())
        ]
        return ", ".join(parts) or "nothing changed"


async def load_organisation(store: Store, organisation: Organisation, *, dry_run: bool = False) -> Changes:
    """Bring the stored organisation in step with `organisation`. Raises LoadRefused, StoreError.

    Units, posts and rules change in one transaction, so that no rule ever points at a post that is not there. The rules come into
    force as a version of their own, unless the file still has the rules of the last load: then what was activated since stays.
    A load that is cut short is completed by loading again.
    """
    problems = [*organisation.problems(), *await _rule_problems(store.mongo, organisation)]
    problems = problems or await _boundary_problems(store.mongo, [*organisation.areas, *organisation.overlays])
    if problems:
        raise LoadRefused(problems)
    total = await load_areas(store, organisation.areas, dry_run=dry_run)
    for people in _batches(organisation.people):
        total.add(await _stage_and_commit(store, {Person: people}, dry_run=dry_run))

    async def stage(unit: UnitOfWork) -> Changes:
        records: _Records = {OverlayGrid: organisation.overlays, Unit: organisation.units, Post: organisation.posts}
        changes = await _stage_records(unit, records)
        if await stage_load(unit, RULE_SETS, organisation.rules, _BY_LOAD):
            changes.added["rule sets"] += 1
        return changes

    total.add(await _commit(store, stage, dry_run=dry_run))
    for responders in _batches(organisation.responders):
        total.add(await _stage_and_commit(store, {Responder: responders}, dry_run=dry_run))
    present: Mapping[type[Any], set[str]] = {
        OverlayGrid: {overlay.id for overlay in organisation.overlays},
        Person: {person.id for person in organisation.people},
        Unit: {unit.id for unit in organisation.units},
        Post: {post.id for post in organisation.posts},
        Responder: {responder.id for responder in organisation.responders},
    }
    total.add(await _retire(store, present, dry_run=dry_run))
    gone = await _areas_but(store.mongo, {area.id for area in organisation.areas})
    total.add(await retire_areas(store, gone, dry_run=dry_run))
    if not dry_run:  # who holds which post decides which absences leave a gap
        await find_gaps(store, await read_directory(store.mongo, store.clock()))
        await enrol_loaded(store, organisation.responders, organisation.areas)
    return total


async def _areas_but(mongo: Mongo, present: set[str]) -> list[str]:
    rows = mongo[AREAS.collection.name].find({"retired_at": None}, {"_id": 1}).sort("_id", 1)
    return [row["_id"] async for row in rows if row["_id"] not in present]


async def _rule_problems(mongo: Mongo, organisation: Organisation) -> list[str]:
    """What is wrong with the rules and the policy that would be in force. Categories may be published later: the caller warns."""
    areas = {area.id for area in organisation.areas} | {overlay.id for overlay in organisation.overlays}
    posts = {post.id for post in organisation.posts}
    new = await differs_from_load(mongo, RULE_SETS, organisation.rules)
    kept = None if new else await in_force(mongo, RULE_SETS)
    rules = kept.content if kept else organisation.rules
    where = f"rule set {kept.number}, which is in force: " if kept and kept.content != organisation.rules else ""
    problems = [f"{where}{in_words(problem)}" for problem in rule_problems(rules, areas, posts, None)]
    if policy := await in_force(mongo, POLICIES):
        kept_policy = f"policy {policy.number}, which is in force: "
        found = policy_problems(policy.content, areas, posts, None)
        problems += [f"{kept_policy}{in_words(problem)}" for problem in found]
    return problems


async def load_areas(store: Store, records: Sequence[AreaRecord], *, dry_run: bool = False) -> Changes:
    """Define new areas and redefine changed ones; each change is announced. Areas that are not in `records` stay."""
    total = Changes()
    for batch in _batches(records):

        async def stage(unit: UnitOfWork, batch: Sequence[AreaRecord] = batch) -> Changes:
            return await _stage_areas(unit, batch)

        total.add(await _commit(store, stage, dry_run=dry_run))
    return total


async def refuse_bad_boundaries(mongo: Mongo, records: Sequence[AreaRecord]) -> None:
    """Raises LoadRefused naming the areas whose outline cannot be stored."""
    if problems := await _boundary_problems(mongo, records):
        raise LoadRefused(problems)


async def _boundary_problems(mongo: Mongo, records: Sequence[AreaRecord | OverlayGrid]) -> list[str]:
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
    for batch in _batches(ids):

        async def stage(unit: UnitOfWork, batch: Sequence[str] = batch) -> Changes:
            changes = Changes()
            rows = unit.mongo[AREAS.collection.name].find({"_id": {"$in": list(batch)}, "retired_at": None})
            for area in [AREAS.from_document(row) async for row in rows]:
                unit.insert(AREA_VERSIONS.name, past_version(area, unit.now))
                unit.save(AREAS, area, area.retire(unit.now))
                changes.retired["areas"] += 1
            return changes

        total.add(await _commit(store, stage, dry_run=dry_run))
    return total


async def _stage_and_commit(store: Store, records: _Records, *, dry_run: bool) -> Changes:
    async def stage(unit: UnitOfWork) -> Changes:
        return await _stage_records(unit, records)

    return await _commit(store, stage, dry_run=dry_run)


async def _stage_records(unit: UnitOfWork, records: _Records) -> Changes:
    changes = Changes()
    for kind, wanted in records.items():
        known = await stored(unit.mongo, kind)
        name = KINDS[kind].name
        for record in wanted:
            if record.id not in known:
                unit.insert(name, to_document(record, 1))
                changes.added[name] += 1
                continue
            old, version, retired = known[record.id]
            if old != record or retired:
                unit.update(name, {"_id": record.id, "version": version}, {"$set": to_document(record, version + 1)})
                changes.changed[name] += 1
    return changes


async def _retire(store: Store, present: Mapping[type[Any], set[str]], *, dry_run: bool) -> Changes:
    async def stage(unit: UnitOfWork) -> Changes:
        changes = Changes()
        for kind, ids in present.items():
            name = KINDS[kind].name
            for record_id, (_, version, retired) in (await stored(unit.mongo, kind)).items():
                if record_id not in ids and not retired:
                    guard = {"_id": record_id, "version": version}
                    unit.update(name, guard, {"$set": {"retired": True, "version": version + 1}})
                    changes.retired[name] += 1
        return changes

    return await _commit(store, stage, dry_run=dry_run)


async def _commit(store: Store, stage: Callable[[UnitOfWork], Awaitable[Changes]], *, dry_run: bool) -> Changes:
    """Stage and commit, and count the organisation's version up with it, which replicas watch."""

    async def attempt(unit: UnitOfWork) -> Changes:
        changes = await stage(unit)
        if unit.writes:
            await count_up(unit)
        return changes

    if dry_run:
        return await stage(UnitOfWork(store, actor=SYSTEM))
    return await store.run(attempt)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
