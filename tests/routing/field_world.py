"""Work in the field as tests write it: commands by name, timers that have come due, and who goes out."""

from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from tests.refusals import said
from tests.routing.district import COMMITTEE, UNIT_OF
from tests.routing.world import World

COMMITTEE_HEAD = Caller(
    person=f"person_{COMMITTEE}_a",
    roles=frozenset({"handler"}),
    post=COMMITTEE,
    unit=UNIT_OF[COMMITTEE],
    area="d1-s1-c1",
)
IN_GRID_1: dict[str, Any] = {"lon": 113.005, "lat": 23.005}
IN_GRID_2: dict[str, Any] = {"lon": 113.015, "lat": 23.005}
IN_STREET_2: dict[str, Any] = {"lon": 113.025, "lat": 23.005}
PHOTO = [{"kind": "PHOTO", "ref": "https://files.example/9.jpg"}]


async def send(world: World, mutation: str, caller: Caller, result: str, **given: Any) -> Any:
    """A mutation with a key of its own unless given; its payload. `result` is the selection beside the errors."""
    kind = mutation[0].upper() + mutation[1:] + "Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {result} errors {{ code reason message path }} }} }}"
    return (await world.ask(document, caller, input={"idempotencyKey": new_id("key"), **given}))[mutation]


async def done(world: World, mutation: str, caller: Caller, result: str, **given: Any) -> Any:
    """The same of a mutation that must succeed: the object it gives. `result` is `object { fields }`."""
    payload = await send(world, mutation, caller, result, **given)
    assert payload["errors"] == [], payload
    return payload[result.split()[0]]


async def refused(world: World, mutation: str, caller: Caller, result: str, **given: Any) -> str:
    """The same of one that must be refused: the code."""
    payload = await send(world, mutation, caller, result, **given)
    assert payload[result.split()[0]] is None
    (error,) = payload["errors"]
    return said(error)


async def run_timers(world: World) -> None:
    """Do every step that is due now, until none is."""
    found = True
    while found:
        found = False
        for collection, step in world.service.due:
            for document in await claim_due(world.store, collection):
                found = True
                await step(document["_id"])


async def names(world: World, *aggregates: str) -> list[str]:
    """What these aggregates announced, oldest first, as event names."""
    return [row["type"].split(".")[3] for row in await world.told(*aggregates)]
