"""New outlines: compared with the present map and with open orders, then applied, orders and all (R-16)."""

import asyncio
import dataclasses
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.chassis.errors import NotFound, RoleMissing
from services.chassis.events import SYSTEM, Actor, EventData
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.mongo import Document, Mongo
from services.chassis.unit_of_work import AggregateSpec, Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.commands import change, create
from services.routing.handlers.organisation.area import load_areas, refuse_bad_boundaries, retire_areas
from services.routing.handlers.organisation.changes import Changes
from services.routing.model.order.work_order import OrderState
from services.routing.model.organisation.boundaries import BoundaryProposal, OrderMove, ProposalState
from services.routing.model.organisation.chart import Chart, Ground, Redrawing
from services.routing.model.organisation.directory import Directory, Place
from services.routing.model.organisation.organisation import AreaLevel, AreaRecord
from services.routing.model.organisation.point import Point
from services.routing.model.organisation.relocation import hand_over, rebin
from services.routing.model.rules.decision import Decision
from services.routing.model.rules.routing import RoutingTable
from services.routing.store.area import AREAS
from services.routing.store.asset import ASSETS
from services.routing.store.boundaries import PROPOSALS, REDRAWINGS
from services.routing.store.campaign import HAZARDS, INSPECTIONS
from services.routing.store.decision import DECISIONS
from services.routing.store.grid_task import GRID_PLANS, GRID_TASKS
from services.routing.store.organisation import current_version, read_directory
from services.routing.store.outcome import OUTCOMES
from services.routing.store.venue import VENUES
from services.routing.store.work_order import WORK_ORDERS

_REASON = "网格边界调整 (boundaries redrawn)"
_AT_ONCE = 50
_LOAD_IS_DEAD_AFTER = timedelta(minutes=10)
_ON_THE_GROUND: tuple[AggregateSpec[Any], ...] = (ASSETS, VENUES, HAZARDS, INSPECTIONS, GRID_PLANS, GRID_TASKS)
_COUNTED_AT_ONCE = 1000
_SEEN = dict.fromkeys(
    ("number", "state", "sensitivity", "area_id", "area_path", "place", "lead_post", "decision_id"),
    1,
)


async def draw_up(
    mongo: Mongo,
    directory: Directory,
    level: AreaLevel,
    records: Sequence[AreaRecord],
    retired: Sequence[str],
    now: datetime,
    by: Actor,
) -> tuple[BoundaryProposal, list[EventData]]:
    """What these outlines would change, of areas and of open orders. Raises LoadRefused."""
    await refuse_bad_boundaries(mongo, records)
    if problems := list(_held_problems(directory, records, retired)):
        raise LoadRefused(problems)
    before = await read_chart(mongo)
    after = before.with_changes(records, retired)
    redrawing = Redrawing.between(before, after)
    strays = tuple(sorted(set(after.strays()) - set(before.strays())))
    moves = [move async for move in _moves(mongo, directory, after, redrawing, now)]
    return BoundaryProposal.propose(
        level, tuple(records), tuple(retired), redrawing, strays, tuple(moves), directory.version, now, by
    )


async def propose_boundaries(
    store: Store,
    live: LiveDirectory,
    caller: Caller,
    key: str,
    level: AreaLevel,
    records: Sequence[AreaRecord],
    retired: Sequence[str],
) -> BoundaryProposal:
    """Put new outlines down, to be looked at before they are applied. Raises Refusal, LoadRefused, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[BoundaryProposal, Sequence[EventData]]:
        await live.refresh()
        for record in records:
            require_mapmaker(caller, record.path)
        return await draw_up(unit.mongo, live.current, level, records, retired, unit.now, caller.actor)

    given = [level, msgspec.to_builtins(records), list(retired)]
    return await create(store, PROPOSALS, caller, "proposeBoundaries", key, given, decide)


async def apply_boundaries(
    store: Store, live: LiveDirectory, caller: Caller, key: str, proposal_id: str
) -> BoundaryProposal:
    """Apply a proposal: its areas, then the open orders, each with its event. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, proposal: BoundaryProposal) -> Sequence[EventData]:
        if not sees_proposal(caller, proposal):
            raise NotFound(what=PROPOSALS.what)
        return proposal.apply(await current_version(unit.mongo), unit.now, caller.actor)

    proposal = await change(store, PROPOSALS, caller, "applyBoundaries", key, proposal_id, [], decide)
    await carry_out(store, live, proposal.id)
    return await UnitOfWork(store, actor=caller.actor).get(PROPOSALS, proposal.id)


async def carry_out(store: Store, live: LiveDirectory, proposal_id: str) -> None:
    """The steps of an applied proposal. Each is idempotent, so that after a crash they are simply done again by the timer."""
    proposal = await UnitOfWork(store, actor=SYSTEM).get(PROPOSALS, proposal_id)
    if proposal.state is not ProposalState.APPLYING:
        return
    await load_areas(store, proposal.records)
    await retire_areas(store, proposal.retired)
    await live.refresh()
    redrawing = Redrawing(changes=proposal.changes, ground=proposal.ground, touched=proposal.touched)
    await move_orders(store, live.current, redrawing, proposal.applied_by or SYSTEM)
    await move_records(store.mongo, redrawing)

    async def finish(unit: UnitOfWork) -> None:
        done = await unit.get(PROPOSALS, proposal_id)
        done.done()
        unit.save(PROPOSALS, done)

    await store.run(finish)


async def begin_redrawing(store: Store, redrawing: Redrawing, by: Actor) -> str:
    """Put down what a load redraws before its first area, so that what lies there moves also when the load is cut short."""
    redrawing_id = new_id("redrawing")

    async def attempt(unit: UnitOfWork) -> None:
        document = {
            "_id": redrawing_id,
            "ground": redrawing.ground,
            "touched": list(redrawing.touched),
            "by": msgspec.to_builtins(by),
            "next_step_at": unit.now + _LOAD_IS_DEAD_AFTER,
        }
        unit.insert(REDRAWINGS.name, document)

    if redrawing.touched:
        await store.run(attempt)
    return redrawing_id


async def end_redrawing(
    store: Store, directory: Directory, redrawing_id: str, redrawing: Redrawing, by: Actor
) -> Changes:
    """The areas are loaded: bring what lies there to where it belongs, also what loads that were cut short left behind."""
    changes = await move_orders(store, directory, redrawing, by)
    await move_records(store.mongo, redrawing)
    await store.mongo[REDRAWINGS.name].delete_one({"_id": redrawing_id})
    async for row in store.mongo[REDRAWINGS.name].find({}):
        changes.add(await _take_up(store, directory, row))
    return changes


async def resume_redrawing(store: Store, live: LiveDirectory, redrawing_id: str) -> None:
    """The timer's step: a load was cut short; what it had redrawn by then holds, and what lies there moves."""
    if (row := await store.find(REDRAWINGS.name, redrawing_id)) is not None:
        await live.refresh()
        await _take_up(store, live.current, row)


async def _take_up(store: Store, directory: Directory, row: Document) -> Changes:
    redrawing = Redrawing(changes=(), ground=row["ground"], touched=tuple(row["touched"]))
    changes = await move_orders(store, directory, redrawing, msgspec.convert(row["by"], Actor))
    await move_records(store.mongo, redrawing)
    await store.mongo[REDRAWINGS.name].delete_one({"_id": row["_id"]})
    return changes


async def load_boundaries(store: Store, proposal: BoundaryProposal, by: Actor = SYSTEM) -> Changes:
    """Bring outlines into force that nobody has to look at first: areas, then what lies there. A load that is cut short is completed
    by loading again, or by the timer as far as it came. Raises StoreError."""
    redrawing = Redrawing(changes=proposal.changes, ground=proposal.ground, touched=proposal.touched)
    redrawing_id = await begin_redrawing(store, redrawing, by)
    changes = await load_areas(store, proposal.records)
    changes.add(await retire_areas(store, proposal.retired))
    directory = await read_directory(store.mongo, store.clock())
    changes.add(await end_redrawing(store, directory, redrawing_id, redrawing, by))
    return changes


async def count_moves(store: Store, directory: Directory, chart: Chart, redrawing: Redrawing) -> Changes:
    """How many open orders would lie elsewhere on another map, and get another lead."""
    moves = [move async for move in _moves(store.mongo, directory, chart, redrawing, store.clock())]
    return Changes(orders_moved=len(moves), orders_handed_over=sum(move.hands_over for move in moves))


async def move_orders(store: Store, directory: Directory, redrawing: Redrawing, by: Actor) -> Changes:
    """Bring open orders to where they lie on the present map; those nobody has taken up, to who leads there."""
    chart = await read_chart(store.mongo)
    moves = [move async for move in _moves(store.mongo, directory, chart, redrawing, store.clock())]
    for start in range(0, len(moves), _AT_ONCE):
        batch = moves[start : start + _AT_ONCE]
        await asyncio.gather(*(_move(store, directory, chart.by_id[move.new_area], move, by) for move in batch))
    return Changes(orders_moved=len(moves), orders_handed_over=sum(move.hands_over for move in moves))


async def move_records(mongo: Mongo, redrawing: Redrawing) -> None:
    """Count ended orders where they lie on the present map, so that years compare, and let what stands or is planned on the ground
    be seen by who answers for it now. Nobody is told: nothing happened to it but the map."""
    chart, ground = await read_chart(mongo), Ground(redrawing.ground)
    await _move_all(mongo, OUTCOMES.name, chart, ground, redrawing, {})
    for spec in _ON_THE_GROUND:  # a command that has read the old place decides again
        await _move_all(mongo, spec.collection.name, chart, ground, redrawing, {"$inc": {"version": 1}})


async def _move_all(
    mongo: Mongo, name: str, chart: Chart, ground: Ground, redrawing: Redrawing, also: Document
) -> None:
    found = mongo[name].find(
        {"area_path": {"$in": list(redrawing.touched)}}, dict.fromkeys(("area_id", "area_path", "place"), 1)
    )
    while rows := await found.to_list(_COUNTED_AT_ONCE):
        moved: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            if area := _elsewhere(chart, ground, row):
                moved[area.id].append(row["_id"])
        for area_id, ids in moved.items():
            lies = {"area_id": area_id, "area_path": list(chart.by_id[area_id].path)}
            await mongo[name].update_many({"_id": {"$in": ids}}, {"$set": lies, **also})


async def read_chart(mongo: Mongo) -> Chart:
    """The map in force."""
    rows = await mongo[AREAS.collection.name].find({"retired_at": None}).to_list(None)
    return Chart(msgspec.convert({**row, "id": row["_id"]}, AreaRecord) for row in rows)


def require_mapmaker(caller: Caller, area_path: Sequence[str]) -> None:
    """Raises unless the caller is the operator or of a command centre for the place."""
    if not (caller.has("operator") or (caller.has("centre") and caller.covers(list(area_path)))):
        raise RoleMissing(roles="operator, centre")


def sees_sealed_moves(caller: Caller, proposal: BoundaryProposal) -> bool:
    """Whether the caller may know which sealed orders it concerns, and how many: only a centre for all of its areas."""
    return caller.has("centre") and all(caller.covers(list(record.path)) for record in proposal.records)


def sees_proposal(caller: Caller, proposal: BoundaryProposal) -> bool:
    """Whether the caller may see, and apply, a proposal: the operator, and a centre for all of its areas."""
    return caller.has("operator") or sees_sealed_moves(caller, proposal)


async def _move(store: Store, directory: Directory, area: AreaRecord, move: OrderMove, by: Actor) -> None:
    async def attempt(unit: UnitOfWork) -> None:
        order = await unit.get(WORK_ORDERS, move.order_id)
        events = rebin(order, area)
        if move.hands_over and order.state is OrderState.DISPATCHED and order.lead_post == move.old_lead:
            events += hand_over(order, directory.posts[move.new_lead], directory.policy, _REASON, unit.now, by)
        if events:
            unit.save(WORK_ORDERS, order, events)

    await store.run(attempt, actor=by)


async def _moves(
    mongo: Mongo, directory: Directory, chart: Chart, redrawing: Redrawing, now: datetime
) -> AsyncIterator[OrderMove]:
    """The open orders that lie elsewhere on `chart`: by their point on the ground concerned, else by their area."""
    ground = Ground(redrawing.ground)
    table = RoutingTable(_on(directory, chart))
    found = mongo[WORK_ORDERS.collection.name].find(
        {"open": True, "area_path": {"$in": list(redrawing.touched)}}, _SEEN
    )
    while rows := await found.to_list(_AT_ONCE):
        moved: list[tuple[Document, AreaRecord]] = []
        for row in rows:
            if area := _elsewhere(chart, ground, row):
                moved.append((row, area))
        decisions = await _decisions(mongo, [row["decision_id"] for row, _ in moved if row["decision_id"]])
        for row, area in moved:
            decision = decisions.get(row["decision_id"])
            lead = _lead(table, decision, area, now) if decision else None
            # Only where the rules lead to another post than they did: a lead that somebody chose stays.
            changes = lead is not None and row["lead_post"] == decision.lead_post != lead if decision else False
            yield OrderMove(
                order_id=row["_id"],
                number=row["number"],
                old_area=row["area_id"],
                new_area=area.id,
                old_lead=row["lead_post"],
                new_lead=lead if changes and lead else row["lead_post"],
                hands_over=changes and row["state"] == OrderState.DISPATCHED,
                sealed=row["sensitivity"] == "sealed",
            )


def _elsewhere(chart: Chart, ground: Ground, row: Document) -> AreaRecord | None:
    """The area that an order or outcome lies in on `chart`, None when that is where it is counted already."""
    place = msgspec.convert(row["place"], Point) if row.get("place") else None
    area = chart.where(place if place and ground.holds(place) else None, row["area_path"])
    return area if area and (area.id, list(area.path)) != (row["area_id"], row["area_path"]) else None


def _lead(table: RoutingTable, decision: Decision, area: AreaRecord, now: datetime) -> str | None:
    report = msgspec.structs.replace(decision.report, area_id=area.id, area_path=area.path)
    verdict = table.decide(report.facts(now))
    return verdict.lead_post if verdict.path == "order" else None


async def _decisions(mongo: Mongo, ids: Sequence[str]) -> dict[str, Decision]:
    if not ids:
        return {}
    rows = await mongo[DECISIONS.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    return {row["_id"]: DECISIONS.from_document(row) for row in rows}


def _on(directory: Directory, chart: Chart) -> Directory:
    """The directory with the areas of another map."""
    areas = {
        area.id: Place(
            **{field: getattr(area, field) for field in AreaRecord.__struct_fields__ if field != "boundary"},
            area_version=directory.areas[area.id].area_version if area.id in directory.areas else 1,
        )
        for area in chart.by_id.values()
    }
    return dataclasses.replace(directory, areas={**directory.areas, **areas})


def _held_problems(directory: Directory, records: Sequence[AreaRecord], retired: Sequence[str]) -> Iterator[str]:
    """Who still needs an area that is to be retired."""
    gone, kept = set(retired), {record.id for record in records}
    for place in directory.areas.values():
        if place.parent_id in gone and place.id not in gone and place.id not in kept and not place.retired:
            yield f"area {place.parent_id} cannot be retired: {place.id} lies in it"
    for post in directory.posts.values():
        for area_id in sorted(gone.intersection(post.area_ids)):
            yield f"area {area_id} cannot be retired: post {post.id} answers for it"
    for unit in directory.units.values():
        if unit.area_id in gone:
            yield f"area {unit.area_id} cannot be retired: unit {unit.id} sits in it"
    for rule in directory.rules:
        if rule.area_id in gone:
            yield f"area {rule.area_id} cannot be retired: rule {rule.id} names it"
