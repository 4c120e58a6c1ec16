"""Routing on a database of its own, with a clock that tests move, callers, and intake's events as they come from the broker."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec

from services.chassis.consumer import Consumer
from services.chassis.events import Actor, Envelope, EventData
from services.chassis.graphql.errors import formatted
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.chassis.settings import Secret, ServiceSettings
from services.chassis.unit_of_work import OUTBOX
from services.routing.app import create_app
from services.routing.consumers import ReportConfirmed, ReportReopened, ReportTriaged, subscriptions
from services.routing.directory import LiveDirectory
from services.routing.graphql.context import Context
from services.routing.graphql.schema import schema
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.order.work_order import WorkOrder
from services.routing.store.work_order import WORK_ORDERS
from tests.refusals import said
from tests.routing import district
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, GRID_1, OTHER_SECTION, SECTION, UNIT_OF

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def _holder(post: str, role: str, area: str) -> Caller:
    return Caller(person=f"person_{post}_a", roles=frozenset({role}), post=post, unit=UNIT_OF[post], area=area)


SECTION_HEAD = _holder(SECTION, "handler", "d1-s1")
OTHER_SECTION_HEAD = _holder(OTHER_SECTION, "handler", "d1-s2")
DEPARTMENT_HEAD = _holder(DEPARTMENT, "handler", "d1")
DESK_OFFICER = _holder(DESK, "centre", "d1")
STREET_2_CENTRE = Caller(person="person_k", roles=frozenset({"centre"}), post="post_k", unit="unit_k", area="d1-s2")
ATTENDANT = Caller(
    person="person_a", roles=frozenset({"attendant"}), post="post_a", unit=UNIT_OF[COMMITTEE], area=GRID_1[-1]
)
RESIDENT = Caller(person="person_r", roles=frozenset({"resident"}))
OTHER_RESIDENT = Caller(person="person_q", roles=frozenset({"resident"}))
MEDIATOR = Caller(person="person_m", roles=frozenset({"mediator"}), post="post_m", unit="unit_m", area="d1")
OPERATOR = Caller(person="person_o", roles=frozenset({"operator"}))


@dataclasses.dataclass
class Message:
    """An event as the broker hands it over; `outcome` is what the consumer answered."""

    headers: dict[str, str]
    data: bytes
    subject: str
    outcome: str = ""
    metadata: Any = dataclasses.field(
        default_factory=lambda: SimpleNamespace(sequence=SimpleNamespace(stream=1), num_delivered=1)
    )

    async def ack(self) -> None:
        self.outcome = "ack"

    async def nak(self, delay: float) -> None:
        self.outcome = "nak"

    async def term(self) -> None:
        self.outcome = "term"


def routing_settings(mongo_url: str, nats_url: str, database: str) -> ServiceSettings:
    return ServiceSettings(
        listen="127.0.0.1:0", mongo_url=Secret(mongo_url), mongo_database=database, nats_url=nats_url
    )


class Intake:
    """Numbers the events of intake's aggregates as its outbox would."""

    def __init__(self) -> None:
        self._sequence: defaultdict[str, int] = defaultdict(int)
        self._previous: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def envelope(self, event: EventData, aggregate_id: str, actor: Actor, at: datetime) -> Envelope:
        self._sequence[aggregate_id] += 1
        sequence = self._sequence[aggregate_id]
        _, _, aggregate, name, _ = event.type.split(".")
        envelope = Envelope(
            id=new_id("event"),
            type=event.type,
            source="huying/intake",
            aggregate=aggregate,
            aggregate_id=aggregate_id,
            sequence=sequence,
            previous=dict(self._previous[aggregate_id]),
            time=at,
            actor=actor,
            data=msgspec.json.encode(event).decode(),
        )
        self._previous[aggregate_id][name] = sequence
        return envelope


class World:
    """Routing without its loops: events are handed to its consumer, timers are called."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.now = START
        self.service, self.app = create_app(settings, clock=lambda: self.now)
        self.store = self.service.store
        self.mongo = self.service.mongo
        self.directory = LiveDirectory(self.store)
        self.intake = Intake()
        self.consumer = Consumer(
            self.store,
            self.service.bus,
            stream="INTAKE",
            durable="routing-from-intake",
            subscriptions=subscriptions(self.directory),
        )

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def load(self, values: dict[str, Any] | None = None) -> None:
        await load_organisation(self.store, district.organisation(values))
        await self.directory.refresh()

    def event(self, event: EventData, aggregate_id: str, actor: Actor | None = None) -> Envelope:
        """The next event of an aggregate of intake's."""
        return self.intake.envelope(event, aggregate_id, actor or Actor(), self.now)

    async def deliver(self, *envelopes: Envelope) -> list[str]:
        """Hand events over in one batch; what the broker was answered."""
        messages: Sequence[Any] = [Message(e.headers(), e.data.encode(), e.type) for e in envelopes]
        await self.consumer.take(messages)
        return [message.outcome for message in messages]

    async def hear(self, event: EventData, aggregate_id: str, actor: Actor | None = None) -> None:
        """One event, once, with its effect."""
        assert await self.deliver(self.event(event, aggregate_id, actor)) == ["ack"]

    async def triage(self, report_id: str = "report_1", **facts: Any) -> None:
        """Intake announces a triaged report."""
        await self.hear(self.triaged(report_id, **facts), report_id)

    def triaged(self, report_id: str = "report_1", **facts: Any) -> ReportTriaged:
        values: dict[str, Any] = {
            "report_id": report_id,
            "number": f"261122-{report_id}",
            "category": "env",
            "category_path": ["env"],
            "area_id": GRID_1[-1],
            "area_path": list(GRID_1),
            "urgency": "routine",
            "sensitivity": "internal",
            "received_at": self.now - timedelta(hours=1),
            "caller_person": RESIDENT.person,
            **facts,
        }
        return ReportTriaged(**values)

    async def dispatched(self, report_id: str = "report_1", **facts: Any) -> WorkOrder:
        """An order for a report."""
        await self.triage(report_id, **facts)
        return (await self.orders(report_id))[-1]

    async def confirm(self, report_id: str = "report_1", satisfaction: int | None = 5) -> None:
        await self.hear(ReportConfirmed(report_id=report_id, satisfaction=satisfaction), report_id)

    async def reopen(self, report_id: str = "report_1", reason: str = "没有解决") -> None:
        await self.hear(ReportReopened(report_id=report_id, reason=reason), report_id)

    async def orders(self, report_id: str = "report_1") -> list[WorkOrder]:
        rows = self.mongo[WORK_ORDERS.collection.name].find({"report_id": report_id}).sort("_id", 1)
        return [WORK_ORDERS.from_document(row) async for row in rows]

    async def order(self, report_id: str = "report_1") -> WorkOrder:
        """The only order of a report."""
        (order,) = await self.orders(report_id)
        return order

    async def told(self, *aggregates: str) -> list[Document]:
        """What the outbox holds, oldest first, of orders and decisions unless said otherwise."""
        which = {"aggregate": {"$in": aggregates or ("order", "decision")}}
        return await self.mongo[OUTBOX.name].find(which).sort("_id", 1).to_list(None)

    async def names_told(self) -> list[str]:
        """The same as event names."""
        return [".".join(row["type"].split(".")[2:4]) for row in await self.told()]

    async def ask(self, document: str, caller: Caller | None = DESK_OFFICER, language: str = "en", **given: Any) -> Any:
        """Execute a document on the real schema; its data. Fails on any GraphQL error."""
        data, errors = await self.ask_raw(document, caller, language, **given)
        assert not errors, errors
        return data

    async def ask_raw(
        self, document: str, caller: Caller | None = DESK_OFFICER, language: str = "en", **given: Any
    ) -> tuple[Any, list[dict[str, Any]]]:
        context = Context(caller, language, self.store, self.directory, self.service.live)
        result = await schema.execute(document, variable_values=given, context_value=context)
        return result.data, formatted(result.errors or [], language)

    async def do(self, mutation: str, caller: Caller, language: str = "en", **given: Any) -> Any:
        """A mutation with a key of its own unless given; its payload."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
            "{ workOrder { id state number leadUnit { id } leadPost { id } } errors { code reason message path } } }"
        )
        values = {"idempotencyKey": new_id("key"), **given}
        return (await self.ask(document, caller, language, input=values))[mutation]

    async def done(self, mutation: str, caller: Caller, **given: Any) -> str:
        """A mutation that must succeed; the state it led to."""
        payload = await self.do(mutation, caller, **given)
        assert payload["errors"] == [], payload
        return str(payload["workOrder"]["state"])

    async def refused(self, mutation: str, caller: Caller, **given: Any) -> str:
        """A mutation that must be refused; the code."""
        payload = await self.do(mutation, caller, **given)
        assert payload["workOrder"] is None
        (error,) = payload["errors"]
        return said(error)

    async def submitted(self, report_id: str = "report_1", **facts: Any) -> WorkOrder:
        """An order whose lead has handed its reply in."""
        order = await self.dispatched(report_id, **facts)
        for mutation in ("acceptOrder", "startOrder"):
            await self.done(mutation, SECTION_HEAD, workOrderId=order.id)
        evidence = [{"kind": "PHOTO", "ref": "https://files.example/1.jpg"}]
        await self.done("submitOrder", SECTION_HEAD, workOrderId=order.id, reply="垃圾已清运", evidence=evidence)
        return await self.order(report_id)

    async def verified(self, report_id: str = "report_1", **facts: Any) -> WorkOrder:
        """An order whose reply the centre has checked."""
        order = await self.submitted(report_id, **facts)
        await self.done("verifyOrder", DESK_OFFICER, workOrderId=order.id, disposition="SOLVED", reason="现场已核实")
        return await self.order(report_id)
