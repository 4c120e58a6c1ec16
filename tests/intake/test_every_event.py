"""Every event of a matter that intake consumes: twice, before the one it follows, and after the report has closed."""

import copy
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import msgspec

from dev.event_examples import EXAMPLES
from services.chassis.consumer import DEAD_LETTERS, Consumer
from services.chassis.events import Actor, Envelope
from services.chassis.ids import new_id
from services.intake import views
from services.intake.consumers import FROM_MEDIATION, FROM_ROUTING
from services.intake.model.values import State
from tests.intake.world import World

OF_A_REPORT = [one.data.type for one in (*FROM_ROUTING, *FROM_MEDIATION) if "report_id" in one.data.__struct_fields__]
# Work on an answered report begins again with its order: it failed a check afterwards, or its check was taken back.
REOPENS = {"huying.routing.order.reworked.v1"}


class Message:
    """An event as the broker hands it over, and what it was answered."""

    def __init__(self, event: Envelope) -> None:
        self.headers, self.data, self.subject = event.headers(), event.data.encode(), event.type
        self.metadata = SimpleNamespace(sequence=SimpleNamespace(stream=1), num_delivered=1)
        self.outcome = ""

    async def ack(self) -> None:
        self.outcome = "ack"

    async def nak(self, delay: float) -> None:
        self.outcome = "nak"

    async def term(self) -> None:
        self.outcome = "term"


async def deliver(world: World, *events: Envelope) -> list[str]:
    """Hand events over in one batch; what the broker was answered."""
    messages: Any = [Message(event) for event in events]
    stream = events[0].type.split(".")[1]
    subscriptions = FROM_ROUTING if stream == "routing" else FROM_MEDIATION
    consumer = Consumer(
        world.store,
        world.service.bus,
        stream=stream.upper(),
        durable=f"intake-from-{stream}",
        subscriptions=subscriptions,
    )
    await consumer.take(messages)
    return [message.outcome for message in messages]


def event(world: World, kind: str, report_id: str, aggregate_id: str, sequence: int = 1, **previous: int) -> Envelope:
    """The example of an event, told of this report and of its order or case."""
    data = copy.deepcopy(EXAMPLES[kind])
    data["reportId"] = report_id
    for name in ("orderId", "caseId"):
        if name in data:
            data[name] = aggregate_id
    _, service, aggregate, _, _ = kind.split(".")
    return Envelope(
        id=new_id("event"),
        type=kind,
        source=f"huying/{service}",
        aggregate=aggregate,
        aggregate_id=aggregate_id,
        sequence=sequence,
        previous=previous,
        time=world.now,
        actor=Actor(post="post_h", unit="unit_h"),
        data=msgspec.json.encode(data).decode(),
    )


async def state(world: World) -> str:
    """Differs whenever any document does."""
    return str((await world.mongo.database.command("dbHash"))["md5"])


async def routed(world: World, order_id: str) -> str:
    """A report that this order was dispatched for."""
    report_id = await world.submitted()
    assert await deliver(world, event(world, "huying.routing.order.dispatched.v1", report_id, order_id)) == ["ack"]
    return report_id


async def closed(world: World, order_id: str) -> str:
    """A report whose order was checked and closed."""
    report_id = await routed(world, order_id)
    for sequence, name in enumerate(("accepted", "verified", "closed"), 2):
        one = event(world, f"huying.routing.order.{name}.v1", report_id, order_id, sequence)
        assert await deliver(world, one) == ["ack"]
    assert (await world.report(report_id)).state is State.CLOSED
    return report_id


async def heard(world: World, report_id: str, kind: str) -> int:
    """How often an event of that type stands in the report's timeline, whose chain holds."""
    assert await views.chain_fault(world.mongo, report_id) is None
    assert await world.mongo[DEAD_LETTERS.name].count_documents({}) == 0
    return await world.mongo["timeline"].count_documents({"report_id": report_id, "type": kind})


def each() -> Iterator[tuple[str, str, str, int]]:
    """Every event, the order of the report it is told of, of what it is, and its number there: the order has told some already."""
    for number, kind in enumerate(OF_A_REPORT):
        order_id, aggregate = f"order_{number}", kind.split(".")[2]
        yield kind, order_id, f"{aggregate}_{number}", 9 if aggregate == "order" else 1


async def test_an_event_heard_twice_is_one_entry(world: World) -> None:
    for kind, order_id, aggregate_id, sequence in each():
        report_id = await routed(world, order_id)
        before = await heard(world, report_id, kind)
        one = event(world, kind, report_id, aggregate_id, sequence)

        assert await deliver(world, one) == ["ack"], kind
        settled = await state(world)
        assert await deliver(world, one) == ["ack"], kind
        assert await deliver(world, one, one) == ["ack", "ack"], kind

        assert await state(world) == settled, kind
        assert await heard(world, report_id, kind) == before + 1, kind


async def test_an_event_that_comes_before_the_one_it_follows_waits_for_it(world: World) -> None:
    for kind, order_id, aggregate_id, sequence in each():
        report_id = await routed(world, order_id)
        name = kind.split(".")[3]
        first = event(world, kind, report_id, aggregate_id, sequence)
        second = event(world, kind, report_id, aggregate_id, sequence + 1, **{name: sequence})
        before, known = await state(world), await heard(world, report_id, kind)

        assert await deliver(world, second) == ["nak"], kind
        assert await state(world) == before, kind
        assert await deliver(world, first) == ["ack"], kind
        assert await deliver(world, second) == ["ack"], kind

        assert await heard(world, report_id, kind) == known + 2, kind


async def test_an_event_after_the_report_closed_is_noted_and_moves_nothing(world: World) -> None:
    for kind, order_id, aggregate_id, sequence in each():
        report_id = await closed(world, order_id)
        was = await world.report(report_id)
        before = await heard(world, report_id, kind)

        assert await deliver(world, event(world, kind, report_id, aggregate_id, sequence)) == ["ack"], kind

        now = await world.report(report_id)
        assert await heard(world, report_id, kind) == before + 1, kind
        if kind not in REOPENS:
            assert (now.state, now.disposition, now.order_id) == (was.state, was.disposition, was.order_id), kind


async def test_an_event_of_a_report_that_is_not_there_is_taken_and_leaves_nothing(world: World) -> None:
    for kind, _, aggregate_id, sequence in each():
        assert await deliver(world, event(world, kind, "report_none", aggregate_id, sequence)) == ["ack"], kind
    for name in ("timeline", "reports", "outbox", DEAD_LETTERS.name):
        assert await world.mongo[name].count_documents({"report_id": "report_none"}) == 0
    assert await world.mongo["reports"].count_documents({}) == 0
