"""Escalations as posts see them: who is told, who owns, who acknowledges, what is on the board; each step once."""

import asyncio
import contextlib
import dataclasses
import functools
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.leases import run_due
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.handlers.ladder import escalation as handlers
from services.routing.handlers.ladder import escalation_timer
from services.routing.model.ladder.escalation_parts import EscalationState, SubjectKind, Trigger
from services.routing.model.organisation.staffing import Away
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.notice import NOTICES
from services.routing.views.escalation import ESCALATION_ROWS, NOTICE_ROWS, escalation_list, notice_list
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, SECTION
from tests.routing.ladder_world import (
    COMMITTEE_HEAD,
    ESCALATION,
    a_subject,
    act,
    escalation,
    notices,
    start,
    stored,
    tick,
    to_next_step,
    told,
    told_rows,
)
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    World,
)

LIST = ESCALATION + "query($filter: EscalationFilter) { escalations(filter: $filter) { nodes { ...all } } }"


@pytest.mark.capability("R-02")
async def test_a_ladder_climbs_to_the_centre_and_the_first_owner_keeps_the_duty(world: World) -> None:
    one = await start(world, "urgent")
    for _ in range(4):
        await to_next_step(world, one.id)

    seen = await escalation(world, one.id)
    assert seen["state"] == "EXHAUSTED"
    assert [(owner["post"]["id"], owner["level"]) for owner in seen["owners"]] == [
        (COMMITTEE, "COMMUNITY"),
        (SECTION, "STREET"),
        (DESK, "DISTRICT"),
    ]
    assert {owner["releasedAt"] for owner in seen["owners"]} == {None}
    assert [(step["kind"], step["outcome"]) for step in seen["steps"]] == [
        ("NOTIFY_POST", "DONE"),
        ("NOTIFY_ROSTER", "DONE"),
        ("CLIMB", "DONE"),
        ("CLIMB", "DONE"),
    ]
    assert await told(world) == ["started", "notified", "notified", "climbed", "climbed", "exhausted"]


async def test_each_step_tells_its_post_once_and_a_notice_is_read(world: World) -> None:
    one = await start(world, "urgent")
    await tick(world, one.id)
    await tick(world, one.id)

    (notice,) = await notices(world, COMMITTEE_HEAD)
    assert (notice["kind"], notice["subjectNumber"], notice["readAt"]) == ("ACT", "261122-order_1", None)
    assert await notices(world, SECTION_HEAD) == []
    assert await act(world, "readNotice", SECTION_HEAD, "notice", noticeId=notice["id"]) == "NOT_FOUND"
    assert await act(world, "readNotice", COMMITTEE_HEAD, "notice", noticeId=notice["id"]) == {"id": notice["id"]}
    assert await notices(world, COMMITTEE_HEAD, unread=True) == []


async def test_an_owner_acknowledges_and_the_ladder_waits_then_runs_on(world: World) -> None:
    one = await start(world, "urgent")
    await tick(world, one.id)

    assert await act(world, "acknowledgeEscalation", SECTION_HEAD, escalationId=one.id, text="去了") == "NOT_FOUND"
    done = await act(world, "acknowledgeEscalation", COMMITTEE_HEAD, escalationId=one.id, text="正在路上")
    assert done == {"id": one.id}
    await tick(world, one.id, minutes=29)
    assert (await escalation(world, one.id))["state"] == "ACKNOWLEDGED"

    await tick(world, one.id, minutes=1)
    await tick(world, one.id)

    seen = await escalation(world, one.id)
    assert seen["state"] == "RUNNING"
    assert [step["post"]["id"] for step in seen["steps"]] == [COMMITTEE, DESK]
    assert await told(world) == ["started", "notified", "acknowledged", "resumed", "notified"]


async def test_a_post_without_anybody_is_skipped_and_opens_a_gap(world: World) -> None:
    since, until = world.now - timedelta(days=1), world.now + timedelta(days=9)
    away = {
        person: (Away(person=person, since=since, until=until),)
        for person in (f"person_{COMMITTEE}_a", f"person_{COMMITTEE}_b")
    }
    world.directory.current = dataclasses.replace(world.directory.current, away=away)
    one = await start(world, "urgent")

    await tick(world, one.id)

    seen = await escalation(world, one.id)
    assert [(step["outcome"], step["post"]["id"]) for step in seen["steps"]] == [
        ("SKIPPED", COMMITTEE),
        ("DONE", DESK),
    ]
    (skipped,) = await told_rows(world, "escalation.skipped")
    assert f'"post":"{COMMITTEE}"' in skipped["data"]


async def test_a_post_that_was_removed_meanwhile_is_skipped(world: World) -> None:
    one = await start(world, "urgent")
    posts = {key: post for key, post in world.directory.current.posts.items() if key != SECTION}
    world.directory.current = dataclasses.replace(world.directory.current, posts=posts)

    for _ in range(3):
        await to_next_step(world, one.id)

    seen = await escalation(world, one.id)
    assert [step["outcome"] for step in seen["steps"]] == ["DONE", "DONE", "SKIPPED", "DONE"]
    assert [owner["post"] and owner["post"]["id"] for owner in seen["owners"]] == [COMMITTEE, DESK]


async def test_one_ladder_runs_once_for_a_subject_and_remembers_why_it_was_called_again(world: World) -> None:
    first = await start(world, "urgent", "ordinary", "urgent", "no_such_ladder")
    await start(world, "urgent", trigger=Trigger.THIRD_BOUNCE)

    both = await stored(world)
    assert sorted(one.ladder_id for one in both) == ["ordinary", "urgent"]
    urgent = next(one for one in both if one.ladder_id == "urgent")
    assert [occasion.trigger for occasion in urgent.occasions] == ["clock_breach", "third_bounce"]
    assert first.open


async def test_two_that_start_a_ladder_at_once_start_one(world: World) -> None:
    await asyncio.gather(*(start(world, "urgent") for _ in range(8)))

    (only,) = await stored(world)
    assert len(only.occasions) == 8


async def test_the_matter_ends_and_its_ladders_end_with_it(world: World) -> None:
    await start(world, "urgent", "ordinary")
    await start(world, "urgent", subject=a_subject("order_2"))

    await world.store.run(lambda unit: handlers.settle(unit, SubjectKind.ORDER, "order_1"))
    await world.store.run(lambda unit: handlers.cancel(unit, SubjectKind.ORDER, "order_2", "已撤回"))

    assert {one.state for one in await stored(world)} == {EscalationState.SETTLED}
    assert {one.state for one in await stored(world, "order_2")} == {EscalationState.CANCELLED}
    await start(world, "urgent")
    assert len(await stored(world)) == 3


@pytest.mark.capability("R-02")
async def test_the_lower_owner_is_released_by_one_above_and_never_by_itself(world: World) -> None:
    one = await start(world, "urgent")
    for _ in range(3):
        await to_next_step(world, one.id)
    release: dict[str, Any] = {"escalationId": one.id, "postId": COMMITTEE, "reason": "由街道接手"}

    assert await act(world, "releaseEscalationOwner", OTHER_SECTION_HEAD, **release) == "NOT_FOUND"
    assert await act(world, "releaseEscalationOwner", COMMITTEE_HEAD, **release) == "NOT_ALLOWED RANK"
    assert await act(world, "releaseEscalationOwner", SECTION_HEAD, **release) == {"id": one.id}
    assert await act(world, "releaseEscalationOwner", DESK_OFFICER, **{**release, "postId": SECTION}) == "LAST_OWNER"

    owners = (await escalation(world, one.id, COMMITTEE_HEAD))["owners"]
    assert [(owner["post"]["id"], owner["releasedAt"] is None) for owner in owners] == [
        (COMMITTEE, False),
        (SECTION, True),
    ]


async def test_an_owner_hands_the_matter_back_down(world: World) -> None:
    one = await start(world, "urgent")
    for _ in range(3):
        await to_next_step(world, one.id)

    reason = "社区可以解决"
    assert await act(world, "handDownEscalation", SECTION_HEAD, escalationId=one.id, reason=reason) == {"id": one.id}

    assert (await stored(world))[0].owner_posts == [COMMITTEE]
    assert (await told(world))[-1] == "released"
    await to_next_step(world, one.id)
    assert (await stored(world))[0].owner_posts == [COMMITTEE, SECTION]


@pytest.mark.parametrize(
    ("caller", "sees"),
    [
        (DESK_OFFICER, True),
        (COMMITTEE_HEAD, True),
        (ATTENDANT, True),
        (SECTION_HEAD, False),
        (DEPARTMENT_HEAD, False),
        (RESIDENT, False),
    ],
)
async def test_who_has_no_part_in_it_finds_no_escalation(world: World, caller: Caller, sees: bool) -> None:
    one = await start(world, "urgent")

    assert ((await escalation(world, one.id, caller)) is not None) is sees
    assert bool((await world.ask(LIST, caller))["escalations"]["nodes"]) is sees


async def test_of_a_sealed_matter_only_owners_and_the_centre_know(world: World) -> None:
    one = await start(world, "urgent", subject=a_subject(sensitivity="sealed"))

    assert await escalation(world, one.id, ATTENDANT) is None
    assert await escalation(world, one.id, DESK_OFFICER)
    assert all("超时" not in row["data"] for row in await world.told("escalation"))


async def test_the_board_lists_what_nobody_is_left_for(world: World) -> None:
    one = await start(world, "urgent")
    await start(world, "urgent", subject=a_subject("order_2"))
    for _ in range(4):
        await to_next_step(world, one.id)

    board = await world.ask(LIST, filter={"state": "EXHAUSTED", "area": "d1-s1"})

    assert [node["subjectId"] for node in board["escalations"]["nodes"]] == ["order_1"]


async def test_the_centre_settles_what_is_exhausted_with_its_reason(world: World) -> None:
    one = await start(world, "urgent")
    for _ in range(4):
        await to_next_step(world, one.id)
    settle = {"escalationId": one.id, "reason": "专班已接手"}

    assert await act(world, "settleEscalation", COMMITTEE_HEAD, "escalation", **settle) == "NOT_ALLOWED ROLE"
    assert await act(world, "settleEscalation", DESK_OFFICER, "escalation", **settle) == {"id": one.id}

    assert (await escalation(world, one.id))["state"] == "SETTLED"
    assert await act(world, "settleEscalation", DESK_OFFICER, "escalation", **settle) == "ESCALATION_STATE_FORBIDS"


async def test_a_return_that_forces_a_ruling_starts_a_ladder_that_ends_with_the_order(world: World) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")
    await world.done("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId=DEPARTMENT)
    assert await stored(world, order.id) == []
    await world.done("returnOrder", DEPARTMENT_HEAD, workOrderId=order.id, basis="不属本单位职责")

    (bounced,) = await stored(world, order.id)
    assert [occasion.trigger for occasion in bounced.occasions] == [Trigger.THIRD_BOUNCE]
    await world.done("recallOrder", DESK_OFFICER, workOrderId=order.id, reason="重复")
    assert (await stored(world, order.id))[0].state is EscalationState.CANCELLED


@pytest.mark.parametrize(
    "given",
    [{}, {"state": EscalationState.EXHAUSTED}, {"area": "d1-s1"}, {"post": COMMITTEE}, {"unit": "unit_c1"}],
    ids=str,
)
@pytest.mark.parametrize("caller", [DESK_OFFICER, SECTION_HEAD, ATTENDANT])
async def test_every_list_of_escalations_is_answered_by_an_index(
    world: World, caller: Caller, given: dict[str, Any]
) -> None:
    where = escalation_list(caller, **given)
    assert where

    plan = await world.mongo[ESCALATION_ROWS].find(where).sort([("started_at", -1), ("_id", -1)]).explain()

    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
    notes = world.mongo[NOTICE_ROWS].find(notice_list(caller, unread=True)).sort([("at", -1), ("_id", -1)])
    of_notes = str((await notes.explain())["queryPlanner"]["winningPlan"])
    assert "COLLSCAN" not in of_notes
    assert "SORT'" not in of_notes


@pytest.mark.capability("R-02")
async def test_two_replicas_share_the_timers_and_no_step_is_done_twice(world: World) -> None:
    many = 30
    for number in range(many):
        await start(world, "urgent", subject=a_subject(f"order_{number}"))
    replicas = [world.store, Store(world.mongo, "routing", lambda: world.now)]

    loops = [
        asyncio.create_task(
            run_due(
                store,
                ESCALATIONS.collection.name,
                functools.partial(escalation_timer.step, store, world.directory),
                0.01,
            )
        )
        for store in replicas
    ]
    for done in (1, 2, 3, 4):
        async with asyncio.timeout(30):
            while await world.mongo[ESCALATION_ROWS].count_documents({"cursor": {"$gte": done}}) < many:
                await asyncio.sleep(0.02)
        world.pass_time(minutes=20)
    for loop in loops:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop

    rows = [ESCALATIONS.from_document(row) async for row in world.mongo[ESCALATION_ROWS].find({})]
    assert {tuple((row.step, row.attempt) for row in one.records) for one in rows} == {((0, 1), (1, 1), (2, 1), (3, 1))}
    assert {one.state for one in rows} == {EscalationState.EXHAUSTED}
    assert await world.mongo[NOTICES.collection.name].count_documents({}) == 4 * many
    assert len(await told_rows(world, "escalation.climbed")) == 2 * many


async def test_the_same_step_executed_by_many_at_once_takes_effect_once(world: World) -> None:
    one = await start(world, "urgent")

    await asyncio.gather(*(escalation_timer.step(world.store, world.directory, one.id) for _ in range(6)))

    assert await told(world) == ["started", "notified"]
    assert await world.mongo[NOTICES.collection.name].count_documents({}) == 1


async def test_progress_renews_an_acknowledgement(world: World) -> None:
    one = await start(world, "urgent")
    await tick(world, one.id)
    await act(world, "acknowledgeEscalation", COMMITTEE_HEAD, escalationId=one.id, text="正在处理")
    world.pass_time(minutes=10)

    async def move(unit: UnitOfWork) -> None:
        await handlers.progressed(unit, SubjectKind.ORDER, "order_1")

    await world.store.run(move)
    await tick(world, one.id, minutes=20)

    assert (await escalation(world, one.id))["state"] == "ACKNOWLEDGED"


async def test_a_screen_sees_notices_and_escalations_as_they_come(world: World) -> None:
    from services.routing.graphql.context import Context
    from services.routing.graphql.schema import schema

    context = Context(COMMITTEE_HEAD, "zh", world.store, world.directory, world.service.live)
    watching: Any = await schema.subscribe("subscription { notified { kind subjectId } }", context_value=context)
    first = asyncio.ensure_future(anext(watching))
    one = await start(world, "urgent")
    async with asyncio.timeout(20):
        while not first.done():
            await tick(world, one.id, minutes=30)
            await asyncio.sleep(0.1)
            one = await start(world, "urgent", subject=a_subject(f"order_{world.now.timestamp()}"))

    result = await first
    assert result.data["notified"]["kind"] == "ACT"
    await watching.aclose()


def test_department_is_reached_only_where_it_is_competent() -> None:
    from services.routing.model.ladder.rungs import post_on
    from services.routing.model.organisation.organisation import PostLevel
    from tests.routing import district

    directory = district.directory()
    path = ("d1", "d1-s1", "d1-s1-c1")
    gas = post_on(directory, PostLevel.DEPARTMENT, path, ("gas",))
    noise = post_on(directory, PostLevel.DEPARTMENT, path, ("noise",))
    assert gas
    assert noise
    assert (gas.id, noise.id) == (DEPARTMENT, DESK)
