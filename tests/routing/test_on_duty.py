"""Ladders that address the roster: whoever is on the centre's shift at that moment, nobody who merely holds the post."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.identity import Caller
from tests.refusals import said
from tests.routing.district import DESK
from tests.routing.ladder_world import notices, start, stored, to_next_step
from tests.routing.roster_world import RosterWorld, person
from tests.routing.world import DESK_OFFICER, World

NIGHT = {
    "postId": DESK,
    "first": "2026-11-23",
    "days": 1,
    "starts": ["00:00", "08:00", "16:00"],
    "headCount": 1,
    "composition": [],
}
SHIFTS_OF = "query($post: ID!) { shifts(post: $post) { nodes { id } } }"


@pytest.fixture
async def roster(world: World) -> RosterWorld:
    roster = RosterWorld(world)
    await roster.load()
    return roster


async def on_shift(roster: RosterWorld, **given: Any) -> None:
    """The first officer has the night of the centre, the second the morning; it is night."""
    await roster.done("shift", "planShifts", DESK_OFFICER, **{**NIGHT, **given})
    shifts = (await roster.world.ask(SHIFTS_OF, post=DESK))["shifts"]["nodes"]
    for shift, who in zip(shifts, ("officer_1", "officer_2"), strict=False):
        await roster.done("shift", "assignShift", DESK_OFFICER, shiftId=shift["id"], responderIds=[who])
    roster.world.now = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # one in the morning in Guangdong


async def kinds(world: World, caller: Caller) -> list[str]:
    return [notice["kind"] for notice in await notices(world, caller)]


@pytest.mark.capability("R-20")
async def test_a_ladder_tells_who_is_on_duty_in_the_centre_now(roster: RosterWorld) -> None:
    world = roster.world
    await on_shift(roster)
    one = await start(world, "urgent")
    for _ in range(2):
        await to_next_step(world, one.id)

    assert [await kinds(world, person(who)) for who in ("officer_1", "officer_2")] == [["ACT"], []]
    assert await kinds(world, DESK_OFFICER) == ["ACT"]
    (escalation,) = await stored(world)
    assert escalation.records[-1].people == ("person_officer_1",)
    (notice,) = await notices(world, person("officer_1"))
    read = "mutation($input: ReadNoticeInput!) { readNotice(input: $input) { errors { code reason } } }"

    async def refused(who: str) -> list[str]:
        given = {"idempotencyKey": f"read {who}", "noticeId": notice["id"]}
        errors = (await world.ask(read, person(who), input=given))["readNotice"]["errors"]
        return [said(error) for error in errors]

    assert await refused("officer_2") == ["NOT_FOUND"]
    assert await refused("officer_1") == []


@pytest.mark.capability("R-20")
async def test_without_anybody_on_duty_the_post_of_the_centre_is_told(roster: RosterWorld) -> None:
    one = await start(roster.world, "urgent")
    for _ in range(2):
        await to_next_step(roster.world, one.id)

    assert await kinds(roster.world, DESK_OFFICER) == ["ACT"]
    (escalation,) = await stored(roster.world)
    assert (escalation.records[-1].post, escalation.records[-1].people) == (DESK, ())
