"""Absences as tests record them, and what GraphQL then says of posts."""

from datetime import timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from services.routing.handlers.organisation.absence import settle_gaps, tell_gap
from services.routing.store.absence import ABSENCES, GAPS
from tests.refusals import said
from tests.routing.world import OPERATOR, World

A, B = "person_post_s1_a", "person_post_s1_b"
POST = """
query($id: ID!) {
  post(id: $id) {
    activeHolder { role person { id } chain { id } }
    gap { since until }
  }
}
"""
GAPS_LIST = "{ rosterGaps { nodes { post { id } since until announcedAheadAt announcedAt } } }"


async def ask_absence(world: World, mutation: str, caller: Caller, **given: Any) -> Any:
    kind = mutation[0].upper() + mutation[1:] + "Input"
    document = (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ absence {{ id state until reason person {{ id }} }} "
        "errors { code reason path message } } }"
    )
    return (await world.ask(document, caller, input={"idempotencyKey": new_id("key"), **given}))[mutation]


async def away(
    world: World, person: str, *, after: float = 0, hours: float = 24, caller: Caller = OPERATOR, **given: Any
) -> str:
    """A recorded absence that begins `after` hours from now; its id."""
    since = world.now + timedelta(hours=after)
    until = since + timedelta(hours=hours)
    payload = await ask_absence(
        world,
        "recordAbsence",
        caller,
        personId=person,
        since=since.isoformat(),
        until=until.isoformat(),
        **given,
    )
    assert payload["errors"] == [], payload
    return str(payload["absence"]["id"])


async def refused_away(world: World, person: str, *, after: float = 0, hours: float = 24, **given: Any) -> str:
    """The code of an absence that must be refused."""
    since = world.now + timedelta(hours=after)
    times = {"since": since.isoformat(), "until": (since + timedelta(hours=hours)).isoformat()}
    caller = given.pop("caller", OPERATOR)
    payload = await ask_absence(world, "recordAbsence", caller, personId=person, **times, **given)
    assert payload["absence"] is None
    (error,) = payload["errors"]
    return said(error)


async def who(world: World, post: str, caller: Caller) -> tuple[str, str] | None:
    """Role and person that answer for a post now."""
    active = (await world.ask(POST, caller, id=post))["post"]["activeHolder"]
    return (active["role"], active["person"]["id"]) if active else None


async def tick(world: World) -> None:
    """What the timers of absences and gaps do when their time has come."""
    for absence in await claim_due(world.store, ABSENCES.collection.name):
        await settle_gaps(world.store, world.directory, absence["_id"])
    for gap in await claim_due(world.store, GAPS.collection.name):
        await tell_gap(world.store, gap["_id"])


async def gaps(world: World, caller: Caller) -> list[Any]:
    answer: list[Any] = (await world.ask(GAPS_LIST, caller))["rosterGaps"]["nodes"]
    return answer
