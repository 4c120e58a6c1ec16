"""The whistle rate of a caller, both ways, and what a unit was rated: only from closed calls."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis.identity import Caller
from services.routing.model.ladder.whistle import WhistleBand, WhistleRate
from services.routing.model.rules.policy import Limits
from services.routing.store.call import CALLS
from tests.routing.district import COMMITTEE, SECTION
from tests.routing.ladder_world import COMMITTEE_HEAD, act
from tests.routing.world import DESK_OFFICER, OTHER_SECTION_HEAD, RESIDENT, SECTION_HEAD, World

UNIT = """
query($since: DateTime!, $until: DateTime!) { orgUnits {
  id whistleRate(since: $since, until: $until) { whistles raised handled rate band }
  organRatings(since: $since, until: $until) { calls response result }
} }
"""


async def unit(world: World, unit_id: str, caller: Caller = DESK_OFFICER, *, days_ago: int = 0) -> Any:
    """A unit with its rates over a day, by default that until now."""
    until = world.now - timedelta(days=days_ago) + timedelta(seconds=1)
    period = {"since": (until - timedelta(days=1)).isoformat(), "until": until.isoformat()}
    found = (await world.ask(UNIT, caller, **period))["orgUnits"]
    return next(one for one in found if one["id"] == unit_id)


async def community_call(world: World, report_id: str, level: str = "community") -> str:
    """The community calls; the call."""
    caller = {"caller_post": COMMITTEE, "caller_unit": "unit_c1", "caller_person": COMMITTEE_HEAD.person}
    await world.triage(report_id, kind="call", call_level=level, received_at=world.now, **caller)
    row = await world.mongo[CALLS.collection.name].find_one({"report_id": report_id})
    assert row
    return str(row["_id"])


@pytest.mark.capability("R-03")
async def test_whistles_and_raised_calls_are_counted_against_what_a_unit_had(world: World) -> None:
    calls = [await community_call(world, f"report_{number}") for number in range(3)]
    await community_call(world, "report_leader", "elevated")
    await act(world, "raiseCall", COMMITTEE_HEAD, "call", callId=calls[0], reason="超出权限")
    await act(world, "raiseCall", SECTION_HEAD, "call", callId=calls[1], to="DISTRICT", reason="街道上呼")
    whistle: dict[str, Any] = {
        "reason": "EMERGENCY",
        "triedBelow": "已疏散群众",
        "matter": "燃气泄漏",
        "areaId": "d1-s1-c1",
        "postIds": [SECTION],
    }
    assert "id" in await act(world, "whistle", COMMITTEE_HEAD, "summons", **whistle)

    rate = (await unit(world, "unit_c1"))["whistleRate"]
    assert rate == {"whistles": 1, "raised": 2, "handled": 4, "rate": 0.75, "band": "TOO_FEW_MATTERS"}
    section = (await unit(world, "unit_s1"))["whistleRate"]
    assert (section["whistles"], section["raised"], section["handled"]) == (0, 1, 4)
    assert (await unit(world, "unit_c1", days_ago=7))["whistleRate"]["handled"] == 0


@pytest.mark.capability("R-03")
@pytest.mark.parametrize(
    ("whistles", "handled", "band"),
    [
        (0, 0, WhistleBand.TOO_FEW_MATTERS),
        (10, 19, WhistleBand.TOO_FEW_MATTERS),
        (0, 100, WhistleBand.TOO_LOW),
        (2, 100, WhistleBand.NORMAL),
        (30, 100, WhistleBand.NORMAL),
        (31, 100, WhistleBand.TOO_HIGH),
    ],
)
def test_a_rate_is_too_low_or_too_high_by_the_limits_of_the_policy(
    whistles: int, handled: int, band: WhistleBand
) -> None:
    assert WhistleRate(whistles=whistles, handled=handled).band(Limits()) is band


async def test_a_unit_and_its_centre_see_its_rate_and_nobody_else(world: World) -> None:
    assert (await unit(world, "unit_s1", SECTION_HEAD))["whistleRate"]
    for stranger in (OTHER_SECTION_HEAD, COMMITTEE_HEAD, RESIDENT):
        seen = await unit(world, "unit_s1", stranger)
        assert (seen["whistleRate"], seen["organRatings"]) == (None, None)


@pytest.mark.capability("R-10")
async def test_a_mean_of_marks_knows_nothing_of_an_open_call(world: World) -> None:
    call_id = await community_call(world, "report_1")
    await act(world, "answerCall", SECTION_HEAD, "call", callId=call_id, text="马上办")
    rate = {"callId": call_id, "aspect": "RESPONSE", "mark": 2, "text": "慢"}
    assert "id" in await act(world, "rateCall", COMMITTEE_HEAD, "call", **rate)

    none = {"calls": 0, "response": None, "result": None}
    assert (await unit(world, "unit_s1", SECTION_HEAD))["organRatings"] == none

    recall = {"workOrderId": (await world.order()).id, "reason": "无需办理"}
    assert "id" in await act(world, "recallOrder", DESK_OFFICER, "workOrder", **recall)
    assert "id" in await act(world, "closeCall", COMMITTEE_HEAD, "call", callId=call_id)
    assert (await unit(world, "unit_s1", SECTION_HEAD))["organRatings"] == {
        "calls": 1,
        "response": 2.0,
        "result": None,
    }
