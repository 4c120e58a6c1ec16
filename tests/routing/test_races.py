"""Two who act on one thing in the same moment: one wins, the other is told why, nothing is half done and nothing is announced twice."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.consumers import ReportReopened
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.dispatch.deployment import keep_deployment_clocks
from services.routing.handlers.ladder import escalation_timer
from services.routing.handlers.ladder import summons as summonses
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.organisation.organisation import Organisation, Post
from services.routing.store.organisation import POSTS, stored
from tests.refusals import said
from tests.routing import district
from tests.routing.district import OTHER_SECTION, SECTION
from tests.routing.ladder_world import COMMITTEE_HEAD, act, start, to_next_step, told
from tests.routing.ladder_world import stored as escalations_of
from tests.routing.roster_world import RosterWorld, person, responders
from tests.routing.rule_world import DESK_RULE, ENV_TO_DEPARTMENT, drafted, publish_categories
from tests.routing.test_calls import called, overdue, the_call
from tests.routing.test_calls import do as on_call
from tests.routing.test_policies import content
from tests.routing.test_policies import draft as draft_policy
from tests.routing.test_shifts import planned, running
from tests.routing.test_summons import HERE, whistled
from tests.routing.test_summons import do as on_summons
from tests.routing.test_summons import seen as seen_summons
from tests.routing.world import DESK_OFFICER, OTHER_SECTION_HEAD, SECTION_HEAD, World

BOTH = pytest.mark.parametrize("first", [0, 1])


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


async def at_once(first: int, *commands: Awaitable[Any]) -> list[Any]:
    """What each answered, in the order given; `first` is the one that begins."""
    order = [*commands[first:], *commands[:first]]
    answers = await asyncio.gather(*order)
    return [*answers[len(commands) - first :], *answers[: len(commands) - first]]


def codes(payloads: list[Any]) -> list[str]:
    return [said(error) for payload in payloads for error in payload["errors"]]


async def rows(world: World, aggregate: str) -> list[str]:
    return [row["type"].split(".")[3] for row in await world.told(aggregate)]


# Orders


@BOTH
async def test_two_who_accept_one_order_accept_it_once(world: World, first: int) -> None:
    order = await world.dispatched()
    deputy = Caller(person=f"person_{SECTION}_b", roles=SECTION_HEAD.roles, post=SECTION, unit="unit_s1", area="d1-s1")
    payloads = await at_once(
        first, *(world.do("acceptOrder", one, workOrderId=order.id) for one in (SECTION_HEAD, deputy))
    )
    assert codes(payloads) == ["ORDER_STATE_FORBIDS"]
    assert (await world.names_told()).count("order.accepted") == 1


@BOTH
async def test_a_return_and_an_acceptance_leave_one_of_them(world: World, first: int) -> None:
    order = await world.dispatched()
    accepted, returned = await at_once(
        first,
        world.do("acceptOrder", SECTION_HEAD, workOrderId=order.id),
        world.do("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责"),
    )
    # Accepted, it may still be returned; returned, it can no longer be accepted.
    told_names = (await world.names_told())[1:]
    if accepted["errors"]:
        assert (codes([accepted]), told_names) == (["ORDER_STATE_FORBIDS"], ["order.returned"])
    else:
        assert told_names[0] == "order.accepted"
    assert not returned["errors"] or codes([returned]) == ["ORDER_STATE_FORBIDS"]
    assert (await world.order()).state == {"order.accepted": "accepted", "order.returned": "returned"}[told_names[-1]]


@BOTH
async def test_two_rulings_on_one_order_leave_one(world: World, first: int) -> None:
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")
    await world.done("referOrder", DESK_OFFICER, workOrderId=order.id)
    words = {"question": "谁办", "facts": "占道", "basis": "职责清单", "workOrderId": order.id}
    payloads = await at_once(
        first, *(world.do("ruleOrder", DESK_OFFICER, postId=post, **words) for post in (OTHER_SECTION, SECTION))
    )
    assert codes(payloads) == ["ORDER_STATE_FORBIDS"]
    assert (await world.names_told()).count("order.ruled") == await world.mongo["rulings"].count_documents({}) == 1
    assert await rows(world, "ruling") == ["made"]


# Calls and ladders


@BOTH
async def test_an_answer_and_the_climb_of_its_call_leave_no_rung_that_owes_for_an_answered_call(
    world: World, first: int
) -> None:
    await called(world, "community")
    await overdue(world)
    call = await the_call(world)
    (climbing,) = await escalations_of(world, call.id)
    row = await world.mongo["escalations"].find_one({"_id": climbing.id})
    assert row
    world.now = max(world.now, row["next_step_at"])
    answer, _ = await at_once(
        first,
        on_call(world, "answerCall", SECTION_HEAD, text="已安排"),
        escalation_timer.step(world.store, world.directory, climbing.id),
    )
    assert "id" in answer
    call, (ladder,) = await the_call(world), await escalations_of(world, call.id)
    assert call.rungs[0].answer
    assert ladder.open == bool(call.owing_posts)
    assert (await told(world, "call")).count("answered") == 1


@BOTH
async def test_an_acknowledgement_and_a_step_of_its_ladder_both_hold_once(world: World, first: int) -> None:
    one = await start(world, "urgent")
    await to_next_step(world, one.id)
    row = await world.mongo["escalations"].find_one({"_id": one.id})
    assert row
    world.now = max(world.now, row["next_step_at"])
    answer, _ = await at_once(
        first,
        act(world, "acknowledgeEscalation", COMMITTEE_HEAD, escalationId=one.id, text="在办"),
        escalation_timer.step(world.store, world.directory, one.id),
    )
    assert "id" in answer
    (ladder,) = await escalations_of(world)
    steps = [(record.step, record.attempt) for record in ladder.records]
    assert len(steps) == len(set(steps))
    names = await told(world)
    assert names.count("acknowledged") == 1
    assert names.count("notified") == len(
        [one for one in ladder.records if one.kind == "notify_post" or one.kind == "notify_roster"]
    )


@BOTH
async def test_a_call_is_not_closed_while_its_order_opens_again(world: World, first: int) -> None:
    await world.verified()
    await world.confirm()
    made = await on_call(
        world, "callForReport", COMMITTEE_HEAD, reportId="report_1", level="COMMUNITY", reason="未到位"
    )
    assert "id" in made
    event = world.event(ReportReopened(report_id="report_1", reason="又满了"), "report_1")
    closed, outcome = await at_once(first, on_call(world, "closeCall", COMMITTEE_HEAD), world.deliver(event))
    if outcome == ["nak"]:  # it met the closing: the broker brings it again
        outcome = await world.deliver(event)
    assert outcome == ["ack"]
    assert "id" in closed or closed == "ORDER_STILL_OPEN"
    assert (await world.order()).open
    assert (await the_call(world)).open


@BOTH
async def test_who_checks_in_as_the_time_runs_out_came_or_did_not_and_not_both_twice(world: World, first: int) -> None:
    summons_id = await whistled(world)
    row = await world.mongo["summonses"].find_one({"_id": summons_id})
    assert row
    world.now = row["next_step_at"]
    answer, _ = await at_once(
        first,
        on_summons(world, "checkIn", SECTION_HEAD, summons_id, **HERE),
        summonses.tick(world.store, world.directory, summons_id),
    )
    assert "id" in answer
    summoned = {one["post"]["id"]: one for one in (await seen_summons(world, summons_id))["summoned"]}
    assert summoned[SECTION]["checkIn"]
    names = await told(world, "summons")
    assert names.count("checked_in") == 1
    assert names.count("no_show") == sum(1 for one in summoned.values() if one["noShowAt"])


# Shifts


@BOTH
async def test_two_who_take_one_swap_leave_one_taker(roster: RosterWorld, first: int) -> None:
    shift_id = await running(roster, "officer_1")
    ask = {"shiftId": shift_id, "responderId": "officer_1"}
    swap = (await roster.done("shift", "requestSwap", person("officer_1"), **ask))["swaps"][0]["id"]
    payloads = await at_once(
        first,
        *(
            roster.do("shift", "takeSwap", person(one), shiftId=shift_id, swapId=swap, responderId=one)
            for one in ("officer_2", "volunteer_1")
        ),
    )
    assert codes(payloads) == ["SWAP_STATE_FORBIDS"]
    assert (await rows(roster.world, "roster")).count("swap_taken") == 1


@BOTH
async def test_a_swap_approved_and_refused_at_once_is_decided_once(roster: RosterWorld, first: int) -> None:
    shift_id = await running(roster, "officer_1")
    ask = {"shiftId": shift_id, "responderId": "officer_1"}
    swap = (await roster.done("shift", "requestSwap", person("officer_1"), **ask))["swaps"][0]["id"]
    on = {"shiftId": shift_id, "swapId": swap}
    await roster.done("shift", "takeSwap", person("officer_2"), **on, responderId="officer_2")
    payloads = await at_once(
        first, *(roster.do("shift", "decideSwap", SECTION_HEAD, **on, approve=one) for one in (True, False))
    )
    assert codes(payloads) == ["SWAP_STATE_FORBIDS"]
    assert (await rows(roster.world, "roster")).count("swap_decided") == 1


@BOTH
async def test_nobody_is_put_on_two_shifts_of_the_same_hours_at_once(roster: RosterWorld, first: int) -> None:
    mine = (await planned(roster))[0]["id"]
    theirs = (await planned(roster, OTHER_SECTION_HEAD, postId=OTHER_SECTION))[0]["id"]
    payloads = await at_once(
        first,
        roster.do("shift", "assignShift", SECTION_HEAD, shiftId=mine, responderIds=["officer_1"]),
        roster.do("shift", "assignShift", OTHER_SECTION_HEAD, shiftId=theirs, responderIds=["officer_1"]),
    )
    assert codes(payloads) == ["ON_ANOTHER_SHIFT"]
    assert await roster.world.mongo["shifts"].count_documents({"assigned": "officer_1"}) == 1


# Versions and the organisation


async def activated(world: World, kind: str, version_id: str) -> Any:
    name = f"activate{kind}"
    field = kind[0].lower() + kind[1:]
    document = f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ errors {{ code reason path }} }} }}"
    given = {"idempotencyKey": new_id("key"), f"{field}Id": version_id, "reason": "测试"}
    return (await world.ask(document, DESK_OFFICER, input=given))[name]


@pytest.mark.parametrize("kind", ["RuleSet", "Policy"])
async def test_versions_activated_at_once_follow_each_other(world: World, kind: str) -> None:
    await publish_categories(world)
    if kind == "RuleSet":
        ids = [await drafted(world, [ENV_TO_DEPARTMENT, DESK_RULE]), await drafted(world, [DESK_RULE])]
        collection, aggregate = "rule_sets", "rule_set"
    else:
        ids = [(await draft_policy(world, content()))["policy"]["id"] for _ in range(2)]
        collection, aggregate = "policies", "policy"
    before = await rows(world, aggregate)
    payloads = await asyncio.gather(*(activated(world, kind, one) for one in (*ids, *ids)))
    assert set(codes(list(payloads))) <= {"CONFIGURATION_IN_FORCE"}
    states = {row["_id"]: row["state"] async for row in world.mongo[collection].find({})}
    assert list(states.values()).count("active") == 1
    names = (await rows(world, aggregate))[len(before) :]
    done = len([payload for payload in payloads if not payload["errors"]])
    had_one = kind == "RuleSet"  # before the first policy the default holds, which nothing supersedes
    assert (names.count("activated"), names.count("superseded")) == (done, done if had_one else done - 1)


async def test_of_two_organisations_loaded_at_once_one_is_refused_before_it_changes_anything(bare: World) -> None:
    other = district.raw()
    other["posts"] = [post for post in other["posts"] if post["id"] != OTHER_SECTION]
    other["people"].append({"id": "person_new", "name": "李四"})
    answers = await asyncio.gather(
        load_organisation(bare.store, district.organisation()),
        load_organisation(bare.store, district.organisation(other)),
        return_exceptions=True,
    )
    (refused,) = [answer for answer in answers if isinstance(answer, LoadRefused)]
    assert "being loaded from another file" in str(refused)
    posts = {post for post, (_, _, retired) in (await stored(bare.mongo, Post)).items() if not retired}
    won = district.organisation() if isinstance(answers[1], LoadRefused) else district.organisation(other)
    assert posts == {post.id for post in won.posts}

    await load_organisation(bare.store, won)  # and the way is free again


@pytest.mark.parametrize("moment", ["as it begins", "when the post is gone and not every replica knows"])
async def test_a_post_removed_while_an_order_goes_to_it_loses_no_order(world: World, moment: str) -> None:
    gone = "post_s2_b"
    values = district.raw()
    values["posts"].append({**next(post for post in values["posts"] if post["id"] == OTHER_SECTION), "id": gone})
    await world.load(values)
    order = await world.dispatched()
    await world.done("returnOrder", SECTION_HEAD, workOrderId=order.id, basis="不属本单位职责")

    async def dispatch() -> Any:
        while moment != "as it begins" and not await world.mongo[POSTS.name].find_one({"_id": gone, "retired": True}):
            await asyncio.sleep(0.01)
        return await world.do("dispatchOrder", DESK_OFFICER, workOrderId=order.id, postId=gone)

    loading = asyncio.create_task(load_organisation(world.store, district.organisation()))
    assert (await dispatch())["errors"] == []
    with pytest.raises(LoadRefused) as refused:
        await loading
    assert refused.value.problems == (f"post {gone}: it leads 1 open orders; name its successor",)

    await load_organisation(world.store, district.organisation(), successors={gone: OTHER_SECTION})
    assert (await world.order()).lead_post == OTHER_SECTION
    assert (await world.names_told()).count("order.handed_over") == 1


async def test_no_rule_is_left_pointing_at_a_post_that_went_as_it_came_into_force(world: World) -> None:
    gone = "post_s2_b"
    values = district.raw()
    values["posts"].append({**next(post for post in values["posts"] if post["id"] == OTHER_SECTION), "id": gone})
    await world.load(values)
    await publish_categories(world)
    to_it = {**ENV_TO_DEPARTMENT, "lead": {"postId": gone}}
    version = await drafted(world, [to_it, DESK_RULE])
    loading = asyncio.create_task(load_organisation(world.store, district.organisation()))
    payload = await activated(world, "RuleSet", version)
    await asyncio.wait([loading])
    await world.directory.refresh()
    named = {rule.lead.post_id for rule in world.directory.current.rules} - {None}
    assert named <= set(world.directory.current.posts)
    assert isinstance(loading.exception(), LoadRefused) != bool(payload["errors"])


# Sending people


@BOTH
async def test_who_is_sent_as_the_file_drops_them_stays_in_the_register(roster: RosterWorld, first: int) -> None:
    world = roster.world
    await roster.on_duty("officer_1", 1)
    order = await roster.order()
    values = roster_without("officer_1")
    sent, _ = await at_once(
        first,
        roster.do("deployment", "sendResponder", DESK_OFFICER, workOrderId=order.id, responderId="officer_1"),
        load_organisation(world.store, values),
    )
    row = await world.mongo["register"].find_one({"_id": "officer_1"})
    assert row
    # Sent first, they stay until they are back and the file is loaded again; dropped first, nobody is sent.
    assert bool(row["deployment_id"]) == (not sent["errors"])
    assert bool(row["retired"]) == bool(sent["errors"])
    assert await world.mongo["deployments"].count_documents({}) == (0 if sent["errors"] else 1)
    assert codes([sent]) in ([], ["RESPONDER_NOT_SUITABLE"])


@BOTH
async def test_an_offer_accepted_as_its_time_runs_out_is_accepted_or_passed_on(roster: RosterWorld, first: int) -> None:
    world = roster.world
    for east, one in enumerate(("officer_1", "officer_2"), 1):
        await roster.on_duty(one, east)
    deployment = await roster.send(await roster.order())
    row = await world.mongo["deployments"].find_one({})
    assert row
    world.now = row["next_step_at"]
    accepted, _ = await at_once(
        first,
        roster.do("deployment", "acceptDeployment", person("officer_1"), deploymentId=deployment["id"]),
        keep_deployment_clocks(world.store, world.directory, deployment["id"]),
    )
    row = await world.mongo["deployments"].find_one({})
    assert row
    held = [one["_id"] async for one in world.mongo["register"].find({"deployment_id": deployment["id"]})]
    assert held == (["officer_2"] if accepted["errors"] else ["officer_1"])
    assert len(row["offers"]) == (2 if accepted["errors"] else 1)


def roster_without(responder_id: str) -> Organisation:
    """The district's file with people to send but for one."""
    values = district.raw()
    values["responders"] = [one for one in responders() if one["id"] != responder_id]
    values["people"] += [{"id": row["person_id"], "name": row["name"]} for row in responders()]
    return district.organisation(values)
