"""Whistle and check-in: who is summoned, who came, who did not, who stays; the model's table and the GraphQL edge."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.errors import Refusal
from services.chassis.events import Actor, EventData
from services.chassis.identity import Caller
from services.routing.errors.summons import SummonsStateForbids
from services.routing.handlers.ladder import summons as handlers
from services.routing.model.dispatch.responder import Position
from services.routing.model.ladder.rating import Rating
from services.routing.model.ladder.summons import TRANSITIONS, Act, Summons, SummonsReason, SummonsState, Whistle
from services.routing.model.organisation.point import Point
from services.routing.store.summons import SUMMONSES
from services.routing.views.summons import SUMMONS_ROWS, summons_list
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, GRID_1, OTHER_SECTION, SECTION
from tests.routing.ladder_world import COMMITTEE_HEAD, act, notices, stored, to_next_step, told, told_rows
from tests.routing.world import (
    ATTENDANT,
    DEPARTMENT_HEAD,
    DESK_OFFICER,
    OTHER_SECTION_HEAD,
    RESIDENT,
    SECTION_HEAD,
    World,
)

SEEN = """
query($id: ID!) { summons(id: $id) {
  state reason triedBelow callerPost { id }
  summoned {
    post { id } checkInBy noShowAt releasedAt evaluation { mark text }
    checkIn { person lon lat accuracyM distanceM at }
  }
  noShows { post { id } }
  escalations { state occasions { trigger } owners { post { id } releasedAt } }
} }
"""
WHISTLE: dict[str, Any] = {
    "reason": "BEYOND_MEANS",
    "triedBelow": "社区三次协调未果",
    "matter": "占道经营长期反复",
    "areaId": "d1-s1-c1",
    "place": {"lon": 113.005, "lat": 23.005},
    "postIds": [SECTION, DEPARTMENT],
}
HERE = {"lon": 113.005, "lat": 23.0051, "accuracyM": 8.0}


async def whistled(world: World, **changes: Any) -> str:
    """The community's head whistles; the summons."""
    done = await act(world, "whistle", COMMITTEE_HEAD, "summons", **{**WHISTLE, **changes})
    assert "id" in done, done
    return str(done["id"])


async def do(world: World, mutation: str, caller: Caller, summons_id: str, **given: Any) -> Any:
    return await act(world, mutation, caller, "summons", summonsId=summons_id, **given)


async def seen(world: World, summons_id: str, caller: Caller = COMMITTEE_HEAD) -> Any:
    return (await world.ask(SEEN, caller, id=summons_id))["summons"]


async def tick(world: World, summons_id: str, **later: float) -> None:
    world.pass_time(**later)
    await handlers.tick(world.store, world.directory, summons_id)


@pytest.mark.capability("R-03")
async def test_several_units_are_whistled_check_in_with_person_time_and_place_and_stay_until_the_end(
    world: World,
) -> None:
    summons_id = await whistled(world)
    assert [notice["kind"] for notice in await notices(world, DEPARTMENT_HEAD)] == ["SUMMONS"]

    world.pass_time(minutes=12)
    for head in (SECTION_HEAD, DEPARTMENT_HEAD):
        assert "id" in await do(world, "checkIn", head, summons_id, **HERE)
    assert await do(world, "checkIn", SECTION_HEAD, summons_id, **HERE) == "NOT_SUMMONED"

    summons = await seen(world, summons_id)
    assert (summons["state"], summons["triedBelow"]) == ("GATHERED", "社区三次协调未果")
    came = summons["summoned"][0]["checkIn"]
    assert (came["person"], came["accuracyM"], came["at"]) == (SECTION_HEAD.person, 8.0, world.now.isoformat())
    assert came["distanceM"] == pytest.approx(11.1, abs=0.2)

    # 事不完、人不撤: nobody leaves by oneself.
    let_go = {"postId": SECTION, "reason": "本单位另有任务"}
    assert await do(world, "releaseSummoned", SECTION_HEAD, summons_id, **let_go) == "NOT_ALLOWED NOT_YOURS"
    assert await do(world, "endSummons", SECTION_HEAD, summons_id, outcome="我们走了") == "NOT_ALLOWED NOT_YOURS"
    assert [one["releasedAt"] for one in summons["summoned"]] == [None, None]

    assert "id" in await do(world, "endSummons", COMMITTEE_HEAD, summons_id, outcome="摊位已全部清退")
    assert all(one["releasedAt"] for one in (await seen(world, summons_id))["summoned"])
    assert await told(world, "summons") == ["called", "checked_in", "checked_in", "ended"]


@pytest.mark.capability("R-03")
async def test_who_does_not_check_in_within_half_an_hour_is_a_no_show_and_a_ladder_starts(world: World) -> None:
    summons_id = await whistled(world)
    await do(world, "checkIn", SECTION_HEAD, summons_id, **HERE)

    await tick(world, summons_id, minutes=20)
    assert await told(world, "summons") == ["called", "checked_in", "warned"]
    await tick(world, summons_id, minutes=10)
    await tick(world, summons_id)

    summons = await seen(world, summons_id)
    assert [one["post"]["id"] for one in summons["noShows"]] == [DEPARTMENT]
    (ladder,) = summons["escalations"]
    assert (ladder["state"], ladder["occasions"]) == ("ARMED", [{"trigger": "NO_SHOW"}])
    (no_show,) = await told_rows(world, "summons.no_show")
    assert f'"post":"{DEPARTMENT}"' in no_show["data"]

    world.pass_time(minutes=5)
    await do(world, "checkIn", DEPARTMENT_HEAD, summons_id, **HERE)
    summons = await seen(world, summons_id)
    assert (summons["noShows"], summons["summoned"][1]["noShowAt"] is None) == ([], False)
    assert summons["escalations"][0]["state"] == "SETTLED"


@pytest.mark.capability("R-03")
async def test_two_no_shows_own_one_ladder_and_each_is_told(world: World) -> None:
    summons_id = await whistled(world)

    await tick(world, summons_id, minutes=30)

    (ladder,) = (await seen(world, summons_id))["escalations"]
    assert [owner["post"]["id"] for owner in ladder["owners"]] == [SECTION, DEPARTMENT]
    assert len(ladder["occasions"]) == 2
    (running,) = await stored(world, summons_id)
    await to_next_step(world, running.id)
    await do(world, "checkIn", SECTION_HEAD, summons_id, **HERE)
    (ladder,) = (await seen(world, summons_id))["escalations"]
    assert [owner["releasedAt"] is None for owner in ladder["owners"]] == [False, True]
    assert {notice["kind"] for notice in await notices(world, DEPARTMENT_HEAD)} == {"SUMMONS", "ACT"}


@pytest.mark.capability("R-03")
async def test_a_whistle_says_what_was_tried_below_and_is_blown_by_staff_of_the_place(world: World) -> None:
    assert await act(world, "whistle", COMMITTEE_HEAD, "summons", **{**WHISTLE, "triedBelow": " "}) == "TEXT_MISSING"
    assert await act(world, "whistle", RESIDENT, "summons", **WHISTLE) == "NOT_ALLOWED ROLE"
    assert await act(world, "whistle", OTHER_SECTION_HEAD, "summons", **WHISTLE) == "NOT_FOUND"
    for posts, code in (
        ([], "NOBODY_SUMMONED"),
        ([COMMITTEE], "NOBODY_SUMMONED"),
        (["post_none"], "UNKNOWN_POST"),
    ):
        assert await act(world, "whistle", COMMITTEE_HEAD, "summons", **{**WHISTLE, "postIds": posts}) == code


@pytest.mark.capability("R-03")
async def test_each_is_evaluated_once_by_the_caller_and_does_not_see_it_before_the_end(world: World) -> None:
    summons_id = await whistled(world)
    mark: dict[str, Any] = {"postId": SECTION, "mark": 2, "text": "人到心不到"}
    assert await do(world, "evaluateSummoned", COMMITTEE_HEAD, summons_id, **mark) == "NOTHING_TO_EVALUATE"
    await do(world, "checkIn", SECTION_HEAD, summons_id, **HERE)

    assert await do(world, "evaluateSummoned", SECTION_HEAD, summons_id, **mark) == "NOT_ALLOWED NOT_YOURS"
    assert "id" in await do(world, "evaluateSummoned", COMMITTEE_HEAD, summons_id, **mark)
    assert await do(world, "evaluateSummoned", COMMITTEE_HEAD, summons_id, **{**mark, "mark": 5}) == "RATED_ALREADY"

    def evaluation(summons: Any) -> Any:
        return summons["summoned"][0]["evaluation"]

    assert evaluation(await seen(world, summons_id)) == {"mark": 2, "text": "人到心不到"}
    assert evaluation(await seen(world, summons_id, SECTION_HEAD)) is None
    (evaluated,) = await told_rows(world, "summons.evaluated")
    assert '"mark":null' in evaluated["data"]

    await do(world, "endSummons", COMMITTEE_HEAD, summons_id, outcome="已处置")
    assert evaluation(await seen(world, summons_id, SECTION_HEAD)) == {"mark": 2, "text": "人到心不到"}


async def test_more_are_whistled_and_a_whistle_is_cancelled(world: World) -> None:
    summons_id = await whistled(world)
    assert "id" in await do(world, "extendSummons", COMMITTEE_HEAD, summons_id, postIds=[OTHER_SECTION])
    assert await do(world, "extendSummons", COMMITTEE_HEAD, summons_id, postIds=[OTHER_SECTION]) == "SUMMONED_ALREADY"
    assert "id" in await do(world, "checkIn", OTHER_SECTION_HEAD, summons_id, **HERE)
    await tick(world, summons_id, minutes=30)

    assert "id" in await do(world, "cancelSummons", COMMITTEE_HEAD, summons_id, reason="误报")

    summons = await seen(world, summons_id)
    assert (summons["state"], summons["escalations"][0]["state"]) == ("CANCELLED", "CANCELLED")
    assert await do(world, "checkIn", SECTION_HEAD, summons_id, **HERE) == "NOT_SUMMONED"


async def test_a_position_that_cannot_be_one_is_refused(world: World) -> None:
    summons_id = await whistled(world)

    refused = await do(world, "checkIn", SECTION_HEAD, summons_id, lon=400.0, lat=23.0, accuracyM=5.0)

    assert refused == "POSITION_INVALID"


@pytest.mark.parametrize(
    ("caller", "sees"),
    [
        (DESK_OFFICER, True),
        (SECTION_HEAD, True),
        (ATTENDANT, False),
        (OTHER_SECTION_HEAD, False),
        (RESIDENT, False),
    ],
)
async def test_who_has_no_part_in_a_whistle_finds_none(world: World, caller: Caller, sees: bool) -> None:
    summons_id = await whistled(world)

    assert (await seen(world, summons_id, caller) is not None) is sees
    assert bool((await world.ask("{ summonses { nodes { id } } }", caller))["summonses"]["nodes"]) is sees


async def test_a_post_that_checks_in_twice_at_once_is_there_once(world: World) -> None:
    summons_id = await whistled(world)

    outcomes = await asyncio.gather(*(do(world, "checkIn", SECTION_HEAD, summons_id, **HERE) for _ in range(4)))

    assert outcomes.count("NOT_SUMMONED") == 3
    assert await told(world, "summons") == ["called", "checked_in"]


@pytest.mark.parametrize("state", [None, SummonsState.CALLED])
@pytest.mark.parametrize("caller", [DESK_OFFICER, SECTION_HEAD, ATTENDANT])
async def test_every_list_of_whistles_is_answered_by_an_index(
    world: World, caller: Caller, state: SummonsState | None
) -> None:
    where = summons_list(caller, state=state)
    assert where

    plan = await world.mongo[SUMMONS_ROWS].find(where).sort([("called_at", -1), ("_id", -1)]).explain()

    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BY = Actor(person="person_c", post=COMMITTEE, unit="unit_c1")
DIRECTORY = district.directory()
THERE = Position(lon=113.0, lat=23.0, accuracy_m=5.0, at=NOW)


def a_summons() -> Summons:
    whistle = Whistle(
        reason=SummonsReason.JOINT_ENFORCEMENT,
        tried_below="多次劝导",
        matter="联合执法",
        address=None,
        place=Point(lon=113.0, lat=23.0),
        area_path=GRID_1,
        sensitivity="internal",
    )
    posts = [DIRECTORY.posts[SECTION], DIRECTORY.posts[DEPARTMENT]]
    summons, _ = Summons.blow(whistle, posts, "routine", DIRECTORY.policy, BY, NOW)
    return summons


COMMANDS: dict[Act, Callable[[Summons], Sequence[EventData]]] = {
    "check_in": lambda summons: summons.check_in(summons.awaited_posts[0], THERE, BY, NOW),
    "extend": lambda summons: summons.extend([DIRECTORY.posts[OTHER_SECTION]], DIRECTORY.policy, NOW),
    "end": lambda summons: summons.end("已处置", NOW),
    "cancel": lambda summons: summons.cancel("误报", NOW),
}


def summons_in(state: SummonsState) -> Summons:
    summons = a_summons()
    if state is SummonsState.GATHERED:
        for post in list(summons.awaited_posts):
            summons.check_in(post, THERE, BY, NOW)
    elif state is SummonsState.ENDED:
        summons.end("已处置", NOW)
    elif state is SummonsState.CANCELLED:
        summons.cancel("误报", NOW)
    assert summons.state is state
    return summons


@pytest.mark.parametrize("state", SummonsState)
@pytest.mark.parametrize("act_", [act_ for act_ in COMMANDS if act_ != "check_in"])
def test_every_act_in_every_state_leads_where_the_table_says_or_is_refused(state: SummonsState, act_: Act) -> None:
    summons = summons_in(state)
    allowed, targets = TRANSITIONS[act_]

    if state in allowed:
        assert COMMANDS[act_](summons)
        assert summons.state in targets
    else:
        before = SUMMONSES.to_document(summons)
        with pytest.raises(SummonsStateForbids) as refused:
            COMMANDS[act_](summons)
        assert "吹哨处于" in refused.value.message("zh")
        assert SUMMONSES.to_document(summons) == before


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["check_in", "check_in", "tick", "tick", "extend", "release", "evaluate", "end", "cancel"]),
        st.integers(0, 40),
        st.sampled_from([SECTION, DEPARTMENT, OTHER_SECTION]),
    ),
    max_size=30,
)


@given(MOVES)
@settings(max_examples=200, deadline=None)
def test_no_sequence_of_acts_forgets_who_was_summoned(moves: list[tuple[str, int, str]]) -> None:
    """INVARIANT: who is awaited, who came and who failed to agree with the entries; what happened stays on record."""
    summons, now = a_summons(), NOW
    for move, minutes, post in moves:
        now += timedelta(minutes=minutes)
        before = summons.state
        kept = [(one.check_in, one.no_show_at, one.evaluation) for one in summons.summoned]
        try:
            match move:
                case "check_in":
                    summons.check_in(post, THERE, BY, now)
                case "tick":
                    summons.tick(now)
                case "extend":
                    summons.extend([DIRECTORY.posts[post]], DIRECTORY.policy, now)
                case "release":
                    summons.release(post, "已完成", now)
                case "evaluate":
                    summons.evaluate(post, Rating.give(4, "好", BY, now))
                case "end" if minutes < 3:
                    summons.end("已处置", now)
                case "cancel" if minutes < 3:
                    summons.cancel("误报", now)
        except Refusal:
            assert summons.state is before
        assert summons.open is (summons.state in (SummonsState.CALLED, SummonsState.GATHERED))
        assert summons.awaited_posts == [one.post for one in summons.summoned if one.awaited and summons.open]
        assert len(set(summons.posts)) == len(summons.summoned)
        assert (summons.state is SummonsState.CALLED) is (summons.open and bool(summons.awaited_posts))
        for was, one in zip(kept, summons.summoned, strict=False):
            now_is = (one.check_in, one.no_show_at, one.evaluation)
            assert all(old is None or old == new for old, new in zip(was, now_is, strict=True))
        assert summons.next_step_at is None or summons.open
    assert SUMMONSES.from_document(SUMMONSES.to_document(summons)) == summons
