"""Loading the organisation: what is new or changed becomes a new version, what is gone is retired, the rest is left alone."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.chassis.events import SYSTEM, Actor
from services.chassis.leases import Lease
from services.chassis.mongo import Mongo
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import KNOWN_EVERYWHERE_SECONDS
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.dispatch.responder import enrol_loaded
from services.routing.handlers.organisation.absence import find_gaps
from services.routing.handlers.organisation.area import boundary_problems, load_areas, retire_areas
from services.routing.handlers.organisation.boundaries import begin_redrawing, count_moves, end_redrawing, read_chart
from services.routing.handlers.organisation.changes import Changes, batches, commit
from services.routing.handlers.organisation.succession import held_by_removed, succeed, succession_problems
from services.routing.handlers.rules.configuration import differs_from_load, in_words, stage_load
from services.routing.model.organisation.chart import Chart, Redrawing
from services.routing.model.organisation.organisation import Organisation, Person, Post, Responder, Unit
from services.routing.model.organisation.overlay import OverlayGrid
from services.routing.model.rules.policy_version import policy_problems
from services.routing.model.rules.rules import rule_problems
from services.routing.store.area import AREAS
from services.routing.store.configuration import POLICIES, RULE_SETS, in_force
from services.routing.store.organisation import KINDS, read_directory, stored, to_document

_BY_LOAD = "organisation file 组织文件"
_LEASE = "organisation"
_ANOTHER = "the organisation is being loaded from another file; load this one again afterwards"
_NO_SUCCESSORS: Mapping[str, str] = MappingProxyType({})

_Records = Mapping[type[Any], Sequence[Any]]  # kind of record → records of that kind


async def load_organisation(
    store: Store,
    organisation: Organisation,
    *,
    dry_run: bool = False,
    successors: Mapping[str, str] = _NO_SUCCESSORS,
    by: Actor = SYSTEM,
) -> Changes:
    """Bring the stored organisation in step with `organisation`. Raises LoadRefused, StoreError.

    A post that is gone and still owes something (orders, calls, summonses, escalations, directives, supervisions, shifts) needs a
    successor (old post → new post), who takes it over. Open orders are brought to where they lie on the new map.

    Units, posts and rules change in one transaction, so that no rule ever points at a post that is not there. The rules come into
    force as a version of their own, unless the file still has the rules of the last load: then what was activated since stays.
    A load that is cut short is completed by loading again; what lies where it had redrawn areas is moved by the timer anyhow. Of two
    loads at once one is refused before it changes anything.
    """
    if dry_run:
        return await _load(store, organisation, successors, by, dry_run=True)
    async with Lease(store, _LEASE).kept() as ours:
        if not ours:
            raise LoadRefused([_ANOTHER])
        return await _load(store, organisation, successors, by, dry_run=False)


async def _load(
    store: Store, organisation: Organisation, successors: Mapping[str, str], by: Actor, *, dry_run: bool
) -> Changes:
    problems = [*organisation.problems(), *await _rule_problems(store.mongo, organisation)]
    problems = problems or await boundary_problems(store.mongo, [*organisation.areas, *organisation.overlays])
    posts = {post.id for post in organisation.posts}
    held = await held_by_removed(store, set(await stored(store.mongo, Post)) - posts)  # also by an earlier load
    problems += await succession_problems(store, posts, held, successors)
    if problems:
        raise LoadRefused(problems)
    redrawing = Redrawing.between(await read_chart(store.mongo), Chart(organisation.areas))
    redrawing_id = "" if dry_run else await begin_redrawing(store, redrawing, by)
    total = await load_areas(store, organisation.areas, dry_run=dry_run)
    for people in batches(organisation.people):
        total.add(await _stage_and_commit(store, {Person: people}, dry_run=dry_run))

    async def stage(unit: UnitOfWork) -> Changes:
        records: _Records = {OverlayGrid: organisation.overlays, Unit: organisation.units, Post: organisation.posts}
        changes = await _stage_records(unit, records)
        if await stage_load(unit, RULE_SETS, organisation.rules, _BY_LOAD):
            changes.added["rule sets"] += 1
        return changes

    total.add(await commit(store, stage, dry_run=dry_run))
    for responders in batches(organisation.responders):
        total.add(await _stage_and_commit(store, {Responder: responders}, dry_run=dry_run))
    present: Mapping[type[Any], set[str]] = {
        OverlayGrid: {overlay.id for overlay in organisation.overlays},
        Person: {person.id for person in organisation.people},
        Unit: {unit.id for unit in organisation.units},
        Post: posts,
        Responder: {responder.id for responder in organisation.responders},
    }
    total.add(await _retire(store, organisation, present, dry_run=dry_run))
    gone = await _areas_but(store.mongo, {area.id for area in organisation.areas})
    total.add(await retire_areas(store, gone, dry_run=dry_run))
    directory = await read_directory(store.mongo, store.clock())
    if dry_run:
        total.add(await count_moves(store, directory, Chart(organisation.areas), redrawing))
        total.orders_handed_over += sum(len(what.led) for what in held.values())
        return total
    if total.retired[KINDS[Post].name]:  # what was addressed to them until every replica knew
        await asyncio.sleep(KNOWN_EVERYWHERE_SECONDS)
        held = await held_by_removed(store, set(await stored(store.mongo, Post)) - posts)
    named = {post: what for post, what in held.items() if post in successors}
    total.add(await succeed(store, directory, named, successors, by))
    total.add(await end_redrawing(store, directory, redrawing_id, redrawing, by))
    await find_gaps(store, directory)  # who holds which post decides which absences leave a gap
    await enrol_loaded(store, organisation.responders, organisation.areas)
    if late := await succession_problems(store, posts, held, successors):
        raise LoadRefused(late)
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


async def _stage_and_commit(store: Store, records: _Records, *, dry_run: bool) -> Changes:
    async def stage(unit: UnitOfWork) -> Changes:
        return await _stage_records(unit, records)

    return await commit(store, stage, dry_run=dry_run)


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


async def _retire(
    store: Store, organisation: Organisation, present: Mapping[type[Any], set[str]], *, dry_run: bool
) -> Changes:
    async def stage(unit: UnitOfWork) -> Changes:
        if problems := await _rule_problems(
            unit.mongo, organisation
        ):  # also of what was activated since the load began
            raise LoadRefused(problems)
        changes = Changes()
        for kind, ids in present.items():
            name = KINDS[kind].name
            for record_id, (_, version, retired) in (await stored(unit.mongo, kind)).items():
                if record_id not in ids and not retired:
                    guard = {"_id": record_id, "version": version}
                    unit.update(name, guard, {"$set": {"retired": True, "version": version + 1}})
                    changes.retired[name] += 1
        return changes

    return await commit(store, stage, dry_run=dry_run)
