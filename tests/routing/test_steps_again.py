"""A timer's step that is called twice at once, or again for nothing, does what one call does: for every collection that has one."""

import asyncio
from datetime import datetime, timedelta

from services.chassis.mongo import Document
from services.chassis.unit_of_work import OUTBOX
from tests.routing.district import COMMITTEE
from tests.routing.roster_world import RosterWorld
from tests.routing.sealed_world import Sealed
from tests.routing.world import DESK_OFFICER, SECTION_HEAD, World


async def _due(world: World, collection: str) -> list[Document]:
    return await world.mongo[collection].find({"next_step_at": {"$lte": world.now}}).to_list(None)


async def _next_moment(world: World) -> datetime | None:
    moments: list[datetime] = []
    for collection, _ in world.service.due:
        row = await world.mongo[collection].find_one({"next_step_at": {"$ne": None}}, sort=[("next_step_at", 1)])
        moments += [row["next_step_at"]] if row else []
    return min(moments, default=None)


async def test_a_step_twice_at_once_and_once_more_for_nothing_announces_nothing_twice(bare: World) -> None:
    world = bare
    roster = RosterWorld(world)
    await roster.load()
    await roster.on_duty("officer_1", 1)
    sealed = Sealed(world)
    await sealed.vetted("officer_1")
    await sealed.series()
    await sealed.matter(await sealed.asset())
    custody = await world.mongo["custodies"].find_one({})
    assert custody
    await sealed.act("offerCustody", SECTION_HEAD, "custody", custodyId=custody["_id"], postId=COMMITTEE)
    plan = {"title": "巡查", "kind": "PATROL", "areaId": "d1-s1-c1-g1", "postId": COMMITTEE, "everyDays": 1, "times": 2}
    await sealed.act("planGridTasks", DESK_OFFICER, "plan", **plan, firstAt=world.now.isoformat())
    hazard = {"description": "消防通道堵塞", "severity": "GENERAL", "unitId": "unit_s1", "areaId": "d1-s1-c1-g1"}
    until = (world.now + timedelta(hours=3)).isoformat()
    await sealed.act("reportHazard", SECTION_HEAD, "hazard", **hazard, dueAt=until)
    stepped: set[str] = set()
    again: list[tuple[str, list[str]]] = []
    stuck: list[str] = []
    end = world.now + timedelta(days=6)
    while (moment := await _next_moment(world)) is not None and moment <= end:
        world.now = max(world.now, moment)
        for collection, step in world.service.due:
            for row in await _due(world, collection):
                stepped.add(collection)
                await asyncio.gather(step(row["_id"]), step(row["_id"]))
                before = await world.mongo[OUTBOX.name].count_documents({})
                left = await world.mongo[collection].find_one({"_id": row["_id"]})
                if left and left["next_step_at"] and left["next_step_at"] <= world.now:
                    stuck.append(f"{collection} {left['next_step_at']}")
                    continue
                await step(row["_id"])
                if await world.mongo[OUTBOX.name].count_documents({}) != before:
                    last = await world.mongo[OUTBOX.name].find({}).sort("_id", -1).to_list(2)
                    again.append((collection, [one["type"] for one in last]))
        if stuck:
            break
    assert not again
    assert not stuck
    assert {"custodies", "work_orders", "calls", "escalations", "summonses", "deployments"} <= stepped
