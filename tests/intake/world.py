"""A small district of four grids, its people and its categories, and intake on a database of its own."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.consumer import Event, Subscription
from services.chassis.events import Actor, EventData
from services.chassis.graphql.errors import formatted
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.chassis.settings import Secret, ServiceSettings
from services.chassis.unit_of_work import OUTBOX, UnitOfWork
from services.intake import handlers
from services.intake.app import create_app
from services.intake.consumers import FROM_MEDIATION, FROM_ROUTING, AreaDefined
from services.intake.graphql.context import Context
from services.intake.graphql.schema import schema
from services.intake.model.category import CategoryData
from services.intake.model.report import Report
from services.intake.model.values import DisputeType, Urgency
from services.intake.reference import Reference
from services.intake.store import REPORT

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GRID_1, GRID_2, GRID_3, GRID_4 = (f"d1-s{street}-c1-g{grid}" for street in (1, 2) for grid in (1, 2))
PATH_1 = ["d1", "d1-s1", "d1-s1-c1", GRID_1]
PATH_3 = ["d1", "d1-s2", "d1-s2-c1", GRID_3]
IN_GRID_1 = {"lon": 113.005, "lat": 23.005}
IN_GRID_3 = {"lon": 113.025, "lat": 23.005}
OUTSIDE = {"lon": 114.0, "lat": 23.005}

RESIDENT = Caller(person="person_lan", roles=frozenset({"resident"}))
OTHER_RESIDENT = Caller(person="person_mei", roles=frozenset({"resident"}))
ATTENDANT = Caller(person="person_a1", roles=frozenset({"attendant"}), post="post_a1", unit="unit_c1", area=GRID_1)
OTHER_ATTENDANT = Caller(
    person="person_a3", roles=frozenset({"attendant"}), post="post_a3", unit="unit_c2", area=GRID_3
)
STREET = Caller(person="person_s1", roles=frozenset({"attendant"}), post="post_s1", unit="unit_s1", area="d1-s1")
CENTRE = Caller(person="person_c", roles=frozenset({"centre"}), post="post_c", unit="unit_c", area="d1")
HANDLER = Caller(person="person_h", roles=frozenset({"handler"}), post="post_h", unit="unit_h", area="d1")
OTHER_HANDLER = Caller(person="person_h2", roles=frozenset({"handler"}), post="post_h2", unit="unit_h2", area="d1")
MEDIATOR = Caller(person="person_m", roles=frozenset({"mediator"}), post="post_m", unit="unit_m", area="d1")
OPERATOR = Caller(person="person_o", roles=frozenset({"operator"}))


def _square(west: float, east: float) -> dict[str, Any]:
    south, north = 23.0, 23.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def areas() -> list[AreaDefined]:
    """One district, two streets of one community each, two grids in each."""
    found = []

    def add(path: list[str], level: str, west: float, east: float) -> None:
        found.append(
            AreaDefined(
                area_id=path[-1],
                level=level,
                name=path[-1],
                name_en=path[-1],
                path=path,
                boundary=_square(west, east),
                area_version=1,
                parent_id=path[-2] if len(path) > 1 else None,
            )
        )

    add(["d1"], "district", 113.0, 113.04)
    for number, west in ((1, 113.0), (2, 113.02)):
        street, community = f"d1-s{number}", f"d1-s{number}-c1"
        add(["d1", street], "street", west, west + 0.02)
        add(["d1", street, community], "community", west, west + 0.02)
        for grid in (1, 2):
            left = west + 0.01 * (grid - 1)
            add(["d1", street, community, f"{community}-g{grid}"], "grid", left, left + 0.01)
    return found


def categories() -> list[CategoryData]:
    """Three roots, one of disputes."""
    return [
        CategoryData(code="env", name="环境卫生", name_en="Environment", path=["env"]),
        CategoryData(
            code="env_waste",
            name="垃圾清运",
            name_en="Waste",
            parent="env",
            path=["env", "env_waste"],
            aliases=["Missed Pickup"],
        ),
        CategoryData(code="gas", name="燃气泄漏", name_en="Gas leak", path=["gas"], urgency=Urgency.CRITICAL),
        CategoryData(
            code="noise", name="噪声扰民", name_en="Noise", path=["noise"], dispute_type=DisputeType.NEIGHBOUR
        ),
        CategoryData(code="other", name="其他", name_en="Other", path=["other"]),
    ]


@dataclasses.dataclass
class World:
    """Intake with a clock that tests move."""

    settings: ServiceSettings
    now: datetime = START

    def __post_init__(self) -> None:
        self.service, self.app = create_app(self.settings, clock=lambda: self.now)
        self.store = self.service.store
        self.mongo = self.service.mongo
        self.live = self.service.live
        self.reference = Reference(self.mongo)

    def pass_time(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def load(self) -> None:
        """Areas, as routing announces them, and categories."""
        await asyncio.gather(*(self.hear(area, aggregate_id=area.area_id) for area in areas()))
        await handlers.publish_categories(self.store, categories())
        await self.reference.refresh()

    async def ask(self, document: str, caller: Caller | None = RESIDENT, language: str = "en", **variables: Any) -> Any:
        """Execute a document; its data. Fails on any GraphQL error."""
        data, errors = await self.ask_raw(document, caller, language, **variables)
        assert not errors, errors
        return data

    async def ask_raw(
        self, document: str, caller: Caller | None = RESIDENT, language: str = "en", **variables: Any
    ) -> tuple[Any, list[dict[str, Any]]]:
        context = Context(caller, language, self.store, self.live, self.reference)
        result = await schema.execute(document, variable_values=variables, context_value=context)
        return result.data, formatted(result.errors or [], language)

    async def submit(self, caller: Caller = RESIDENT, **given: Any) -> dict[str, Any]:
        """Submit a report at the GraphQL edge; the payload."""
        values = {
            "idempotencyKey": new_id("key"),
            "kind": "COMPLAINT",
            "text": "楼下垃圾三天没有清运",
            "category": "env_waste",
            "place": IN_GRID_1,
            **given,
        }
        data = await self.ask(SUBMIT, caller, input={key: value for key, value in values.items() if value is not None})
        payload: dict[str, Any] = data["submitReport"]
        return payload

    async def submitted(self, caller: Caller = RESIDENT, **given: Any) -> str:
        """The id of a new report."""
        payload = await self.submit(caller, **given)
        assert payload["errors"] == []
        report_id: str = payload["report"]["id"]
        return report_id

    async def mutate(self, name: str, caller: Caller, **given: Any) -> dict[str, Any]:
        """Any other mutation; its payload."""
        kind = name[0].upper() + name[1:]
        document = (
            f"mutation M($input: {kind}Input!) {{ {name}(input: $input) {{ "
            "report { id state disposition category { code } } errors { code reason message path } } }"
        )
        data = await self.ask(document, caller, input={"idempotencyKey": new_id("key"), **given})
        payload: dict[str, Any] = data[name]
        return payload

    async def hear(self, data: EventData, aggregate_id: str = "", actor: Actor | None = None) -> None:
        """Another service's event takes effect."""
        unit = UnitOfWork(self.store, actor=actor or Actor(post="post_h", unit="unit_h"), cause=new_id("event"))
        event: Event[Any] = _event(data, aggregate_id, unit)
        await _subscription(data).handle(event, unit)
        await self.store.commit(unit)

    async def report(self, report_id: str) -> Report:
        document = await self.mongo["reports"].find_one({"_id": report_id})
        assert document
        return REPORT.from_document(document)

    async def events(self, aggregate_id: str) -> list[Document]:
        """What was announced about an aggregate, in order."""
        rows = self.mongo[OUTBOX.name].find({"aggregate_id": aggregate_id}).sort("sequence", 1)
        return await rows.to_list(None)

    async def event_names(self, aggregate_id: str) -> list[str]:
        return [row["type"].split(".")[3] for row in await self.events(aggregate_id)]


_IDS = ("order_id", "case_id", "call_id", "escalation_id", "deployment_id")


def _event(data: EventData, aggregate_id: str, unit: UnitOfWork) -> Event[Any]:
    values: Mapping[str, Any] = {
        "id": unit.cause,
        "type": data.type,
        "aggregate_id": aggregate_id or next((getattr(data, name) for name in _IDS if hasattr(data, name)), "x"),
        "time": unit.now,
        "actor": unit.actor,
        "data": data,
    }
    fields = {field.name for field in dataclasses.fields(Event)}
    defaults: dict[str, Any] = {name: {} for name in fields - values.keys()}
    return Event(**values, **defaults)


def _subscription(data: EventData) -> Subscription:
    every: Sequence[Subscription] = [*FROM_ROUTING, *FROM_MEDIATION]
    return next(one for one in every if one.data is type(data))


SUBMIT = """
mutation Submit($input: SubmitReportInput!) {
  submitReport(input: $input) {
    report {
      id number state kind callLevel channel urgency mode importance track text placeOrigin sensitivity
      category { code } area { id } areaPath { id } place { lon lat } caller { person post { id } } collector { person }
    }
    errors { code reason message path }
  }
}
"""


@asynccontextmanager
async def opened(settings: ServiceSettings) -> AsyncIterator[World]:
    """A world with its collections made and nothing in them."""
    world = World(settings)
    try:
        await world.mongo.ensure(world.service.collections)
        yield world
    finally:
        await world.live.close()
        await world.mongo.close()


def settings_for(mongo_url: str, database: str, nats_url: str = "nats://127.0.0.1:1") -> ServiceSettings:
    return ServiceSettings(
        listen="127.0.0.1:0", mongo_url=Secret(mongo_url), mongo_database=database, nats_url=nats_url
    )
