"""Other services' events on a real broker: cases that follow their reports."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import msgspec
import nats
import pytest

from services.chassis.bus import Bus
from services.chassis.clock import utc_now
from services.chassis.events import Actor, Envelope
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.chassis.unit_of_work import OUTBOX
from services.mediation.app import create_app
from services.mediation.model import Outcome, State
from services.mediation.store import AREAS, CASES, VENUES
from tests.mediation.builders import NOW, PATH, a_case_in
from tests.mediation.conftest import Mediation, settings

DISPUTE = {
    "number": "260331-0001-0001",
    "path": "mediation",
    "decisionId": "decision_1",
    "leadPost": "post_room",
    "leadUnit": "unit_room",
    "disputeType": "labour_wage",
    "areaPath": PATH,
    "sensitivity": "restricted",
    "callerPerson": "person_caller",
}


class Publisher:
    """Speaks for another service."""

    def __init__(self, url: str, bus: Bus) -> None:
        self._url = url
        self._bus = bus
        self._sequences: dict[str, Any] = {}

    async def publish(self, kind: str, aggregate_id: str, **data: Any) -> Envelope:
        """Announce an event of type `huying.…`."""
        event = Envelope(
            id=new_id("event"),
            type=kind,
            source="huying/test",
            aggregate=kind.split(".")[2],
            aggregate_id=aggregate_id,
            sequence=next(self._sequences.setdefault(aggregate_id, count(1))),
            previous={},
            time=utc_now(),
            actor=Actor(),
            data=msgspec.json.encode(data).decode(),
        )
        await self._bus.publish(event)
        return event

    async def report(self, event: str, report_id: str, **data: Any) -> Envelope:
        return await self.publish(f"huying.intake.report.{event}.v1", report_id, reportId=report_id, **data)

    async def again(self, event: Envelope) -> None:
        """The same event once more, past the broker's own window for duplicates."""
        headers = {name: value for name, value in event.headers().items() if name != "Nats-Msg-Id"}
        client = await nats.connect(self._url)
        try:
            await client.jetstream().publish(event.type, event.data.encode(), headers=headers)
        finally:
            await client.close()


@pytest.fixture
async def running(mongo_url: str, mongo_database: str, nats_url: str) -> AsyncIterator[Mediation]:
    """Mediation with its consumers, relay and timers."""
    service, _ = create_app(settings(mongo_url, nats_url, mongo_database))
    async with service.running():
        yield Mediation(service)


@pytest.fixture
async def intake(mongo_url: str, nats_url: str) -> AsyncIterator[Publisher]:
    async for publisher in _publisher(mongo_url, nats_url, "intake"):
        yield publisher


@pytest.fixture
async def routing(mongo_url: str, nats_url: str) -> AsyncIterator[Publisher]:
    async for publisher in _publisher(mongo_url, nats_url, "routing"):
        yield publisher


async def _publisher(mongo_url: str, nats_url: str, name: str) -> AsyncIterator[Publisher]:
    bus = Bus(settings(mongo_url, nats_url, "unused"), name)
    await bus.start()
    await bus.ready()
    await bus.ensure_stream()
    yield Publisher(nats_url, bus)
    await bus.close()


async def until(found: Callable[[], Awaitable[Any]]) -> Any:
    """What `found` returns once it is something; a test fails after 20 seconds."""
    async with asyncio.timeout(20):
        while not (value := await found()):
            await asyncio.sleep(0.02)
    return value


async def _cases(mediation: Mediation, report_id: str) -> list[Document]:
    return await mediation.service.mongo[CASES.collection.name].find({"report_id": report_id}).to_list(None)


async def _announced(mediation: Mediation, case_id: str) -> list[str]:
    rows = await mediation.service.mongo[OUTBOX.name].find({"aggregate_id": case_id}).sort("sequence", 1).to_list(None)
    return [row["type"].split(".")[3] for row in rows]


async def test_routed_dispute_becomes_a_case_of_its_room(running: Mediation, intake: Publisher) -> None:
    routed = await intake.report("routed", "report_1", **DISPUTE)
    (document,) = await until(lambda: _cases(running, "report_1"))
    case = CASES.from_document(document)

    assert (case.dispute_type, case.area_path, case.sensitivity) == ("labour_wage", PATH, "restricted")
    assert (case.room.post, case.room.unit, case.caller_person) == ("post_room", "unit_room", "person_caller")
    row = await running.service.mongo[OUTBOX.name].find_one({"aggregate_id": case.id})
    assert row
    assert row["cause"] == routed.id
    assert msgspec.json.decode(row["data"]) == {
        "caseId": case.id,
        "number": case.number,
        "reportId": "report_1",
        "disputeType": "labour_wage",
    }


async def test_redelivered_event_makes_no_second_case(running: Mediation, intake: Publisher) -> None:
    routed = await intake.report("routed", "report_1", **DISPUTE)
    await intake.again(routed)
    await intake.report("routed", "report_2", **DISPUTE)
    await intake.again(routed)
    await intake.report("routed", "report_3", **DISPUTE)

    await until(lambda: _cases(running, "report_3"))

    assert len(await _cases(running, "report_1")) == 1


async def test_report_on_the_order_path_is_not_ours(running: Mediation, intake: Publisher) -> None:
    await intake.report("routed", "report_1", **(DISPUTE | {"path": "order", "disputeType": None}))
    await intake.report("routed", "report_2", **DISPUTE)

    await until(lambda: _cases(running, "report_2"))

    assert await _cases(running, "report_1") == []


async def test_report_routed_again_keeps_its_open_case(running: Mediation, intake: Publisher) -> None:
    await intake.report("routed", "report_1", **DISPUTE)
    await intake.report("routed", "report_1", **DISPUTE)
    await intake.report("withdrawn", "report_1", reason="已和解")

    async def ended() -> bool:
        return any(document["state"] == "closed" for document in await _cases(running, "report_1"))

    await until(ended)
    (document,) = await _cases(running, "report_1")

    assert document["outcome"] == Outcome.WITHDRAWN
    assert await _announced(running, document["_id"]) == ["registered", "closed"]


async def test_agreement_in_effect_stands_when_the_report_closes(running: Mediation, intake: Publisher) -> None:
    case = await running.given(a_case_in(State.PERFORMING, due_at=NOW.replace(year=2999)))
    await intake.report("closed", str(case.report_id), disposition="resolved", reason="")
    await intake.report("routed", "report_next", **DISPUTE)

    await until(lambda: _cases(running, "report_next"))

    assert (await running.case(case.id)).state is State.PERFORMING


async def test_overdue_obligation_is_found_by_the_timer(running: Mediation) -> None:
    case = await running.given(a_case_in(State.PERFORMING))

    async def breached() -> bool:
        return (await running.case(case.id)).state is State.BREACHED

    await until(breached)

    assert (await _announced(running, case.id))[-1] == "breached"


async def test_areas_are_known_by_their_paths(running: Mediation, routing: Publisher) -> None:
    await routing.publish("huying.routing.area.defined.v1", "area_c", areaId="area_c", path=PATH, level="community")

    area = await until(lambda: running.service.mongo[AREAS.name].find_one({"_id": "area_c"}))

    assert area["path"] == PATH


async def test_a_published_venue_is_known_by_its_name_and_a_closed_one_stays(
    running: Mediation, routing: Publisher
) -> None:
    published = {"venueId": "venue_1", "name": "平安驿站", "address": "和业路1号", "services": []}
    await routing.publish("huying.routing.venue.published.v1", "venue_1", **published)
    await routing.publish("huying.routing.venue.retired.v1", "venue_1", venueId="venue_1")

    venue = await until(lambda: running.service.mongo[VENUES.name].find_one({"_id": "venue_1"}))

    assert venue == {"_id": "venue_1", "name": "平安驿站", "address": "和业路1号"}


async def test_an_older_word_on_a_venue_or_an_area_that_comes_again_changes_nothing(
    running: Mediation, routing: Publisher
) -> None:
    mongo = running.service.mongo
    venue = {"venueId": "venue_1", "address": "和业路1号", "services": []}
    older = await routing.publish("huying.routing.venue.published.v1", "venue_1", name="旧站", **venue)
    await routing.publish("huying.routing.venue.published.v1", "venue_1", name="新站", **venue)
    area = await routing.publish("huying.routing.area.defined.v1", "area_c", areaId="area_c", path=PATH, level="grid")
    await routing.publish("huying.routing.area.defined.v1", "area_c", areaId="area_c", path=[*PATH, "x"], level="grid")
    await until(lambda: mongo[VENUES.name].find_one({"_id": "venue_1", "name": "新站"}))
    await until(lambda: mongo[AREAS.name].find_one({"_id": "area_c", "path": "x"}))
    for event in (older, area):
        await routing.again(event)
    # What comes after them in the stream has been heard: so have they.
    await routing.publish("huying.routing.venue.published.v1", "venue_2", **{**venue, "venueId": "venue_2"}, name="站")
    await until(lambda: mongo[VENUES.name].find_one({"_id": "venue_2"}))

    assert (await until(lambda: mongo[VENUES.name].find_one({"_id": "venue_1"})))["name"] == "新站"
    assert (await until(lambda: mongo[AREAS.name].find_one({"_id": "area_c"})))["path"] == [*PATH, "x"]
