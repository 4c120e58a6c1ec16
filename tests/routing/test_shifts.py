"""Three shifts a day: patterns, gaps ahead and at the moment, swaps, take-over, hand-over (R-20)."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.handlers.dispatch.shift import keep_shift
from services.routing.model.dispatch.composition import fill, missing
from services.routing.model.dispatch.shift import SWAPS, Pattern, Shift, SwapAct
from services.routing.store.shift import SHIFTS
from services.routing.views.shift import shift_list
from tests.refusals import said
from tests.routing import district
from tests.routing.district import DESK, GRID_1, SECTION
from tests.routing.roster_world import RosterWorld, person
from tests.routing.test_command_mode import switch
from tests.routing.test_responder_model import a_responder
from tests.routing.world import (
    DESK_OFFICER,
    OTHER_RESIDENT,
    OTHER_SECTION_HEAD,
    SECTION_HEAD,
    World,
)

SHIFTS_OF = """
query($post: ID, $start: DateTime, $end: DateTime) {
  shifts(post: $post, start: $start, end: $end, first: 100) {
    nodes { id state startsAt endsAt headCount missing { role count } assigned { id } }
  }
}
"""
GAPS = "query($days: Int!) { shiftGaps(days: $days) { nodes { id missing { role count } } } }"
ON_DUTY = "query($post: ID!) { onDuty(post: $post) { id } }"
PLAN: dict[str, Any] = {
    "postId": SECTION,
    "first": "2026-11-24",
    "days": 2,
    "starts": ["00:00", "08:00", "16:00"],
    "headCount": 2,
    "composition": [{"role": "police", "count": 1}],
}


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


async def planned(roster: RosterWorld, caller: Caller = SECTION_HEAD, **given: Any) -> list[Any]:
    """The shifts of the pattern, soonest first."""
    await roster.done("shift", "planShifts", caller, **{**PLAN, **given})
    asked = {"post": given.get("postId", SECTION)}
    return list((await roster.world.ask(SHIFTS_OF, caller, **asked))["shifts"]["nodes"])


async def running(roster: RosterWorld, *assigned: str) -> str:
    """The first shift, begun, with these on it."""
    shift_id = (await planned(roster))[0]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=shift_id, responderIds=list(assigned))
    roster.world.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    await keep_shift(roster.world.store, roster.world.directory, shift_id)
    return str(shift_id)


async def told(roster: RosterWorld) -> list[tuple[str, dict[str, Any]]]:
    """Events of shifts but for their planning: name and data."""
    rows = await roster.world.told("roster")
    return [
        (row["type"].split(".")[3], msgspec.json.decode(row["data"]))
        for row in rows
        if not row["type"].endswith(".planned.v1")
    ]


@pytest.mark.capability("R-20")
async def test_a_pattern_makes_three_shifts_a_day_that_follow_each_other(roster: RosterWorld) -> None:
    shifts = await planned(roster)

    assert len(shifts) == 6
    assert shifts[0]["startsAt"] == "2026-11-23T16:00:00+00:00"  # midnight in Guangdong
    assert all(one["endsAt"] == other["startsAt"] for one, other in itertools.pairwise(shifts))
    again = {**PLAN, "days": 3}
    await roster.done("shift", "planShifts", DESK_OFFICER, **again)
    assert len((await roster.world.ask(SHIFTS_OF, post=SECTION))["shifts"]["nodes"]) == 9
    assert await roster.refused("shift", "planShifts", SECTION_HEAD, **again) == "SHIFTS_PLANNED_ALREADY"
    assert await roster.refused("shift", "planShifts", OTHER_SECTION_HEAD, **again) == "NOT_ALLOWED ROLE"
    wrongs: list[dict[str, Any]] = [{"starts": []}, {"headCount": 0}, {"days": 40}, {"starts": ["08:00", "08:00"]}]
    for wrong in wrongs:
        refused = await roster.refused("shift", "planShifts", SECTION_HEAD, **{**PLAN, **wrong})
        assert refused == "SHIFT_PATTERN_INVALID"


@pytest.mark.capability("R-20")
async def test_a_gap_is_told_days_ahead_and_again_at_the_moment(roster: RosterWorld) -> None:
    shift_id = (await planned(roster))[0]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=shift_id, responderIds=["attendant_1"])
    (_, assigned), (name, gap) = await told(roster)
    assert assigned["responderIds"] == ["attendant_1"]
    assert (name, gap["kind"], gap["ahead"], gap["missing"]) == ("gap", "shift", True, {"police": 1})

    row = (await roster.world.ask(GAPS, SECTION_HEAD, days=3))["shiftGaps"]["nodes"]
    assert row == [{"id": shift_id, "missing": [{"role": "police", "count": 1}]}]
    roster.world.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    await keep_shift(roster.world.store, roster.world.directory, shift_id)

    (_, started), (name, gap) = (await told(roster))[2:]
    assert started["responderIds"] == ["attendant_1"]
    assert (name, gap["ahead"]) == ("gap", False)


@pytest.mark.capability("R-20")
async def test_far_ahead_nothing_is_told_until_the_days_come_and_then_by_the_clock(roster: RosterWorld) -> None:
    shift_id = (await planned(roster, first="2026-12-10", days=1))[0]["id"]
    row = await roster.world.mongo[SHIFTS.collection.name].find_one({"_id": shift_id})
    assert row
    assert await told(roster) == []

    roster.world.now = row["next_step_at"]
    await keep_shift(roster.world.store, roster.world.directory, shift_id)

    ((_, gap),) = await told(roster)
    assert (gap["ahead"], gap["missing"]) == (True, {"police": 1, "anybody": 1})
    assert row["starts_at"] - row["next_step_at"] == timedelta(days=3)


@pytest.mark.capability("R-20")
async def test_who_does_not_come_on_duty_leaves_a_gap_and_filling_it_is_told(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1")
    shift_id = await running(roster, "officer_1", "attendant_1")
    roster.world.pass_time(minutes=10)
    await keep_shift(roster.world.store, roster.world.directory, shift_id)
    assert [name for name, _ in await told(roster)] == ["assigned", "started", "gap"]

    await roster.on_duty("volunteer_1")
    given = {"shiftId": shift_id, "responderIds": ["officer_1", "volunteer_1"]}
    await roster.done("shift", "assignShift", SECTION_HEAD, **given)

    assert [name for name, _ in await told(roster)][3:] == ["assigned", "gap_filled"]
    assert [row["id"] for row in (await roster.world.ask(ON_DUTY, post=SECTION))["onDuty"]] == given["responderIds"]


@pytest.mark.capability("R-20")
async def test_a_swap_is_asked_for_taken_and_approved(roster: RosterWorld) -> None:
    shift_id = (await planned(roster))[0]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=shift_id, responderIds=["officer_1", "attendant_1"])
    ask = {"shiftId": shift_id, "responderId": "officer_1"}
    assert await roster.refused("shift", "requestSwap", person("officer_2"), **ask) == "NOT_FOUND"
    swap = (await roster.done("shift", "requestSwap", person("officer_1"), **ask))["swaps"][0]["id"]
    decide = {"shiftId": shift_id, "swapId": swap, "approve": True}
    assert await roster.refused("shift", "decideSwap", SECTION_HEAD, **decide) == "SWAP_STATE_FORBIDS"

    take = {"shiftId": shift_id, "swapId": swap, "responderId": "officer_2"}
    await roster.done("shift", "takeSwap", person("officer_2"), **take)
    assert await roster.refused("shift", "decideSwap", person("officer_1"), **decide) == "NOT_FOUND"
    after = await roster.done("shift", "decideSwap", SECTION_HEAD, **decide)

    assert [row["id"] for row in after["assigned"]] == ["officer_2", "attendant_1"]
    assert after["swaps"][0]["state"] == "APPROVED"
    names = [name for name, _ in await told(roster)]
    assert names == ["assigned", "swap_requested", "swap_taken", "swap_decided", "assigned"]


@pytest.mark.capability("R-20")
async def test_a_manager_swaps_for_others_but_not_so_that_a_role_is_lost(roster: RosterWorld) -> None:
    shift_id = (await planned(roster))[0]["id"]
    await roster.done("shift", "assignShift", DESK_OFFICER, shiftId=shift_id, responderIds=["officer_1", "attendant_1"])
    ask = {"shiftId": shift_id, "responderId": "officer_1"}
    swap = (await roster.done("shift", "requestSwap", SECTION_HEAD, **ask))["swaps"][0]["id"]
    take = {"shiftId": shift_id, "swapId": swap, "responderId": "volunteer_1"}
    await roster.done("shift", "takeSwap", SECTION_HEAD, **take)

    payload = await roster.do("shift", "decideSwap", SECTION_HEAD, shiftId=shift_id, swapId=swap, approve=True)

    assert said(payload["errors"][0]) == "SWAP_BREAKS_COMPOSITION"
    assert "police 1" in payload["errors"][0]["message"]
    refused = await roster.done("shift", "decideSwap", SECTION_HEAD, shiftId=shift_id, swapId=swap, approve=False)
    assert [row["id"] for row in refused["assigned"]] == ["officer_1", "attendant_1"]


@pytest.mark.capability("R-20")
async def test_a_swap_nobody_decided_ends_when_the_shift_begins(roster: RosterWorld) -> None:
    shift_id = (await planned(roster))[0]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=shift_id, responderIds=["officer_1", "attendant_1"])
    await roster.done("shift", "requestSwap", person("officer_1"), shiftId=shift_id, responderId="officer_1")
    roster.world.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

    await keep_shift(roster.world.store, roster.world.directory, shift_id)

    assert (await told(roster))[-1][1]["outcome"] == "expired"


@pytest.mark.capability("R-20")
async def test_another_steps_in_without_a_request_only_for_somebody_on_a_scene(roster: RosterWorld) -> None:
    await roster.on_duty("officer_1", 1)
    shift_id = await running(roster, "officer_1", "attendant_1")
    take = {"shiftId": shift_id, "holderId": "officer_1", "responderId": "officer_2"}
    assert await roster.refused("shift", "takeOverShift", person("officer_2"), **take) == "TAKE_OVER_NEEDS_REQUEST"
    deployment = await roster.send(await roster.order())
    await roster.act("acceptDeployment", "officer_1", deployment["id"])
    await roster.arrived("officer_1", deployment["id"])
    there = {**take, "responderId": "attendant_1"}
    assert await roster.refused("shift", "takeOverShift", person("attendant_1"), **there) == "ON_SHIFT_ALREADY"

    after = await roster.done("shift", "takeOverShift", person("officer_2"), **take)

    assert [row["id"] for row in after["assigned"]] == ["officer_2", "attendant_1"]
    assert "taken_over" in [name for name, _ in await told(roster)]


async def test_nobody_is_on_two_shifts_at_once(roster: RosterWorld) -> None:
    mine = (await planned(roster))[0]["id"]
    other = (await planned(roster, DESK_OFFICER, postId=DESK))[0]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=mine, responderIds=["officer_1"])

    given = {"shiftId": other, "responderIds": ["officer_2", "officer_1"]}
    assert await roster.refused("shift", "assignShift", DESK_OFFICER, **given) == "ON_ANOTHER_SHIFT"
    too_many = {"shiftId": mine, "responderIds": ["officer_1", "attendant_1", "volunteer_1"]}
    assert await roster.refused("shift", "assignShift", SECTION_HEAD, **too_many) == "SHIFT_FULL"


@pytest.mark.capability("R-04", "R-20")
async def test_a_shift_closes_with_a_note_and_the_matters_under_way(roster: RosterWorld) -> None:
    orders = [await roster.order(f"report_{number}") for number in range(3)]
    await roster.world.done("acceptOrder", SECTION_HEAD, workOrderId=orders[0].id)
    shift_id = await running(roster, "officer_1", "attendant_1")
    assert await roster.refused("shift", "handOverShift", SECTION_HEAD, shiftId=shift_id, note=" ") == "TEXT_MISSING"
    stranger = {"shiftId": shift_id, "note": "无"}
    assert await roster.refused("shift", "handOverShift", OTHER_RESIDENT, **stranger) == "NOT_FOUND"

    note = "二号井盖待夜间复查"
    closed = await roster.done("shift", "handOverShift", person("officer_1"), shiftId=shift_id, note=note)

    assert closed["state"] == "CLOSED"
    assert closed["handover"] == {
        "note": note,
        "openMatters": [{"state": "accepted", "count": 1}, {"state": "dispatched", "count": 2}],
    }
    name, data = (await told(roster))[-1]
    assert (name, data["openMatters"]) == ("handover", {"accepted": 1, "dispatched": 2})
    assert note not in str(data)
    again = {"shiftId": shift_id, "note": note}
    assert await roster.refused("shift", "handOverShift", person("officer_1"), **again) == "SHIFT_STATE_FORBIDS"


async def test_a_centres_shift_hands_over_what_is_under_way_in_its_area(roster: RosterWorld) -> None:
    await roster.order()
    shift_id = (await planned(roster, DESK_OFFICER, postId=DESK))[0]["id"]
    roster.world.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    await keep_shift(roster.world.store, roster.world.directory, shift_id)

    closed = await roster.done("shift", "handOverShift", DESK_OFFICER, shiftId=shift_id, note="无异常")

    assert closed["handover"]["openMatters"] == [{"state": "dispatched", "count": 1}]


@pytest.mark.capability("R-04", "R-20")
async def test_who_comes_on_duty_reads_what_the_last_shift_left(roster: RosterWorld) -> None:
    shift_id = await running(roster, "officer_1", "attendant_1")
    await roster.done("shift", "handOverShift", SECTION_HEAD, shiftId=shift_id, note="二号井盖待夜间复查")
    second = (await roster.world.ask(SHIFTS_OF, post=SECTION))["shifts"]["nodes"][1]["id"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=second, responderIds=["officer_2"])
    document = "query($post: ID!) { lastHandover(post: $post) { note } }"

    async def read(caller: Caller) -> Any:
        return (await roster.world.ask(document, caller, post=SECTION))["lastHandover"]

    assert await read(person("officer_2")) is None
    roster.world.pass_time(hours=8)

    note = {"note": "二号井盖待夜间复查"}
    assert [await read(caller) for caller in (person("officer_2"), SECTION_HEAD, DESK_OFFICER)] == [note] * 3
    assert await read(OTHER_SECTION_HEAD) is None


@pytest.mark.parametrize("gaps", [True, False])
@pytest.mark.parametrize("caller", [DESK_OFFICER, person("officer_1")])
async def test_an_index_answers_every_list(roster: RosterWorld, caller: Caller, gaps: bool) -> None:
    where = shift_list(caller, "officer_1", post=None, start=None, end=roster.world.now, gaps=gaps)
    query = roster.world.mongo[SHIFTS.collection.name].find(where).sort([("starts_at", 1), ("_id", 1)])

    plan = str((await query.explain())["queryPlanner"]["winningPlan"])

    assert "COLLSCAN" not in plan
    assert "'SORT'" not in plan


@pytest.mark.capability("R-30")
async def test_a_shift_is_as_strong_as_the_mode_of_its_place_asks_and_back(roster: RosterWorld) -> None:
    strong = {"headCount": 3, "composition": [{"role": "police", "count": 2}]}
    shift_id = (await planned(roster, emergency=strong))[0]["id"]
    people = ["officer_1", "attendant_1"]
    await roster.done("shift", "assignShift", SECTION_HEAD, shiftId=shift_id, responderIds=people)

    async def seen(mode: str) -> tuple[int, list[Any]]:
        await switch(roster.world, mode)
        roster.world.pass_time(seconds=11)
        due = {"next_step_at": {"$lte": roster.world.now}}
        for row in await roster.world.mongo[SHIFTS.collection.name].find(due).to_list(None):
            await keep_shift(roster.world.store, roster.world.directory, row["_id"])
        first = (await roster.world.ask(SHIFTS_OF, SECTION_HEAD, post=SECTION))["shifts"]["nodes"][0]
        return first["headCount"], first["missing"]

    assert await seen("EMERGENCY") == (3, [{"role": "police", "count": 1}])
    assert (await told(roster))[-1][0] == "gap"
    assert await seen("ROUTINE") == (2, [])


async def test_a_repeated_planning_is_the_same_shift(roster: RosterWorld) -> None:
    key = new_id("key")
    first = await roster.done("shift", "planShifts", SECTION_HEAD, idempotencyKey=key, **PLAN)
    again = await roster.done("shift", "planShifts", SECTION_HEAD, idempotencyKey=key, **PLAN)

    assert first["id"] == again["id"]


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BY = Actor(person="person_c")


@given(st.lists(st.sampled_from(list(SWAPS)), max_size=12))
def test_whatever_is_said_of_a_swap_the_table_decides(acts: list[SwapAct]) -> None:
    people = [a_responder(1)]
    pattern = Pattern(starts=(), head_count=1, composition={})
    post = district.directory().posts[SECTION]
    period = (NOW + timedelta(days=9), NOW + timedelta(days=10))
    shift, _ = Shift.plan(post, GRID_1[:2], period, pattern, timedelta(days=3), NOW)
    shift.assign(people, NOW)
    shift.request_swap("responder_1", NOW, BY)
    (swap,) = shift.swaps
    doing: dict[SwapAct, Any] = {
        "take": lambda: shift.take_swap(swap.id, "responder_2", NOW),
        "approve": lambda: shift.approve_swap(swap.id, people, [a_responder(2)], NOW, BY),
        "refuse": lambda: shift.refuse_swap(swap.id, NOW, BY),
        "expire": lambda: shift.assign([a_responder(3)], NOW),
    }
    for act in acts:
        allowed, target = SWAPS[act]
        before = swap.state
        if before in allowed and not (act == "expire" and "responder_1" not in shift.assigned):
            doing[act]()
            assert swap.state is target
        elif act != "expire":
            with pytest.raises(Refusal):
                doing[act]()
            assert swap.state is before
        assert len(shift.assigned) == 1


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 3)),
    st.lists(st.sets(st.sampled_from(["a", "b", "c"])), max_size=7),
)
def test_roles_are_filled_as_far_as_anybody_could(roles: dict[str, int], skills: list[set[str]]) -> None:
    people = []
    for number, known in enumerate(skills):
        responder = a_responder(number)
        responder.kind, responder.skills = "somebody", tuple(sorted(known))
        people.append(responder)

    filled = fill(roles, people)

    by_id = {responder.id: responder for responder in people}
    assert all(by_id[responder_id].fits(role) for responder_id, role in filled.items())
    assert all(list(filled.values()).count(role) <= count for role, count in roles.items())
    assert len(filled) + sum(missing(roles, people).values()) == sum(roles.values())
    # Hall's condition: what is wanting is really wanting, for every set of roles.
    for wanted in ({"a"}, {"b"}, {"c"}, {"a", "b"}, {"a", "c"}, {"b", "c"}, {"a", "b", "c"}):
        able = sum(any(person.fits(role) for role in wanted) for person in people)
        asked = sum(count for role, count in roles.items() if role in wanted)
        if asked > able:
            assert len(filled) < sum(roles.values())
    if all(
        sum(any(person.fits(role) for role in wanted) for person in people)
        >= sum(count for role, count in roles.items() if role in wanted)
        for wanted in ({"a"}, {"b"}, {"c"}, {"a", "b"}, {"a", "c"}, {"b", "c"}, {"a", "b", "c"})
    ):
        assert len(filled) == sum(roles.values())
