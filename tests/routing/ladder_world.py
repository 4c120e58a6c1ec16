"""What climbs, in the small district: ladders started by hand, stepped as the timer would, and what their owners see and do."""

from datetime import timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.chassis.unit_of_work import UnitOfWork
from services.routing.handlers.ladder import escalation as handlers
from services.routing.handlers.ladder import escalation_timer
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import Subject, SubjectKind, Trigger
from services.routing.store.escalation import ESCALATIONS
from tests.refusals import said
from tests.routing.district import COMMITTEE, GRID_1, UNIT_OF
from tests.routing.world import DESK_OFFICER, World

COMMITTEE_HEAD = Caller(
    person="person_c",
    roles=frozenset({"handler", "attendant"}),
    post=COMMITTEE,
    unit=UNIT_OF[COMMITTEE],
    area="d1-s1-c1",
)

ESCALATION = """
fragment all on Escalation {
  id state ladder subjectKind subjectId startedAt nextStepAt calendarVersion
  occasions { trigger reason }
  owners { post { id } level byHand releasedAt }
  steps { step attempt kind outcome post { id } }
  acknowledgements { post { id } until text }
}
"""


def a_subject(subject_id: str = "order_1", **facts: Any) -> Subject:
    """An overdue order of the community's head."""
    values: dict[str, Any] = {
        "kind": SubjectKind.ORDER,
        "id": subject_id,
        "number": f"261122-{subject_id}",
        "owner_post": COMMITTEE,
        "owner_unit": UNIT_OF[COMMITTEE],
        "area_path": GRID_1,
        "category_path": ("env",),
        "sensitivity": "internal",
        **facts,
    }
    return Subject(**values)


async def start(
    world: World, *ladders: str, subject: Subject | None = None, trigger: Trigger = Trigger.CLOCK_BREACH
) -> Escalation:
    """Start ladders for a subject; the newest escalation."""
    what = subject or a_subject()

    async def attempt(unit: UnitOfWork) -> None:
        await handlers.start(unit, world.directory.current, what, trigger, ladders or ("urgent",), "超时未接单")

    await world.store.run(attempt)
    return (await stored(world, what.id))[-1]


async def stored(world: World, subject_id: str = "order_1") -> list[Escalation]:
    """The escalations of a subject, oldest first."""
    rows = world.mongo[ESCALATIONS.collection.name].find({"subject.id": subject_id}).sort("_id", 1)
    return [ESCALATIONS.from_document(row) async for row in rows]


async def tick(world: World, escalation_id: str, **later: float) -> None:
    """Let time pass and do what is due."""
    world.pass_time(**later)
    await escalation_timer.step(world.store, world.directory, escalation_id)


async def to_next_step(world: World, escalation_id: str, late: timedelta = timedelta()) -> None:
    """Let time pass until the next step is due, and do it."""
    row = await world.mongo[ESCALATIONS.collection.name].find_one({"_id": escalation_id})
    assert row
    assert row["next_step_at"]
    world.now = max(world.now, row["next_step_at"]) + late
    await escalation_timer.step(world.store, world.directory, escalation_id)


async def escalation(world: World, escalation_id: str, caller: Caller = DESK_OFFICER) -> Any:
    """The escalation as a caller sees it."""
    query = ESCALATION + "query($id: ID!) { escalation(id: $id) { ...all } }"
    return (await world.ask(query, caller, id=escalation_id))["escalation"]


async def act(world: World, mutation: str, caller: Caller, field: str = "escalation", **given: Any) -> Any:
    """A command; the changed object, or its refusal's code."""
    kind = mutation[0].upper() + mutation[1:] + "Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {field} {{ id }} errors {{ code reason path }} }} }}"
    payload = (await world.ask(document, caller, input={"idempotencyKey": new_id("key"), **given}))[mutation]
    return said(payload["errors"][0]) if payload["errors"] else payload[field]


async def notices(world: World, caller: Caller, *, unread: bool = False) -> list[Any]:
    """What the caller's post was told, newest first."""
    query = "query($unread: Boolean!) { myNotifications(unread: $unread) { nodes { id kind subjectNumber readAt } } }"
    nodes = (await world.ask(query, caller, unread=unread))["myNotifications"]["nodes"]
    assert isinstance(nodes, list)
    return nodes


async def told(world: World, *aggregates: str) -> list[str]:
    """Event names in the outbox, of escalations unless said otherwise."""
    return [row["type"].split(".")[3] for row in await world.told(*(aggregates or ("escalation",)))]


async def told_rows(world: World, name: str) -> list[Document]:
    """The outbox rows of one kind of event, such as `escalation.skipped`."""
    return [row for row in await world.told(name.split(".")[0]) if f".{name}." in row["type"]]
