"""A matter whose category or place was wrong is routed anew: its old and its new owner are shown."""

from datetime import timedelta
from typing import Any

import pytest

from tests.routing.district import DEPARTMENT, GRID_3, OTHER_SECTION, SECTION, UNIT_OF
from tests.routing.test_policies import in_force
from tests.routing.world import DESK_OFFICER, RESIDENT, World

DECISION = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Report { routingDecision {
  leadPost { id } leadUnit { id } replaced { at changed leadPost { id } leadUnit { id } } } } } }"""


async def decision(world: World, caller: Any = DESK_OFFICER) -> Any:
    seen = await world.ask(DECISION, caller, of=[{"__typename": "Report", "id": "report_1"}])
    return seen["_entities"][0]["routingDecision"]


@pytest.mark.parametrize(
    ("facts", "post", "changed"),
    [
        ({"category": "gas", "category_path": ["gas"]}, DEPARTMENT, ["CATEGORY"]),
        ({"area_path": list(GRID_3), "area_id": GRID_3[-1]}, OTHER_SECTION, ["AREA"]),
        (
            {"area_path": list(GRID_3), "area_id": GRID_3[-1], "urgency": "urgent", "track": "jointly_managed"},
            OTHER_SECTION,
            ["AREA", "TRACK", "URGENCY"],
        ),
    ],
)
async def test_the_new_decision_shows_the_old_owner_and_what_has_changed(
    world: World, facts: dict[str, Any], post: str, changed: list[str]
) -> None:
    await world.triage()
    assert (await decision(world))["replaced"] is None
    at = world.now
    world.pass_time(hours=1)

    await world.triage(**facts)

    seen = await decision(world)
    assert (seen["leadPost"]["id"], seen["leadUnit"]["id"]) == (post, UNIT_OF[post])
    assert seen["replaced"]["at"] == at.isoformat()
    assert seen["replaced"]["leadPost"] == {"id": SECTION}
    assert seen["replaced"]["leadUnit"] == {"id": UNIT_OF[SECTION]}
    assert seen["replaced"]["changed"] == changed


async def test_a_resident_is_told_both_units_and_no_post(world: World) -> None:
    await world.triage()
    await world.triage(category="gas", category_path=["gas"])

    seen = await decision(world, RESIDENT)

    assert (seen["leadPost"], seen["leadUnit"]) == (None, {"id": UNIT_OF[DEPARTMENT]})
    assert (seen["replaced"]["leadPost"], seen["replaced"]["leadUnit"]) == (None, {"id": UNIT_OF[SECTION]})
    assert seen["replaced"]["changed"] == []


async def test_a_change_that_leaves_the_owner_leaves_the_decision(world: World) -> None:
    await world.triage()
    await world.triage(urgency="urgent")

    seen = await decision(world)

    assert (seen["leadPost"]["id"], seen["replaced"]) == (SECTION, None)
    assert len(await world.orders()) == 1


async def test_the_resolve_clock_of_a_matter_routed_anew_starts_where_the_policy_says(world: World) -> None:
    received = world.now - timedelta(hours=1)
    for report, restarts in (("report_1", False), ("report_2", True)):
        await in_force(world, limits={"reroute_restarts_resolve": restarts})
        await world.triage(report, received_at=received)
        world.pass_time(hours=2)
        await world.triage(report, category="gas", category_path=["gas"], received_at=received)

        first, second = await world.orders(report)
        assert second.lead_post == DEPARTMENT
        assert first.resolve.started_at == received
        assert second.resolve.started_at == (world.now if restarts else received)
        assert second.current.accept.started_at == world.now
