"""The write path of the platform: a report through intake's GraphQL edge, to routing, and to its work order or mediation case."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from services.chassis.app import Service
from services.chassis.graphql.context import RequestContext
from services.chassis.graphql.endpoint import GraphQLEndpoint
from services.chassis.identity import Caller, Verifier
from services.chassis.settings import Secret, ServiceSettings
from services.intake.app import create_app as create_intake
from services.intake.graphql.context import Context
from services.intake.graphql.schema import schema
from services.intake.model.timeline import first_break
from services.intake.reference import Reference
from services.intake.store import REPORT, TIMELINE, read_entry
from services.mediation.app import create_app as create_mediation
from services.routing.app import create_app as create_routing
from tests.faults import village
from tests.faults.journey import Journey, Place, Stage

SUBMIT = """
    mutation Submit($input: SubmitReportInput!) {
      submitReport(input: $input) { report { id } errors { code reason message } }
    }
"""


def submission(key: str, category: str = village.LITTER) -> dict[str, Any]:
    """The body of the request that files a report; its text is its key, so that it is found again."""
    given = {
        "idempotencyKey": key,
        "kind": "COMPLAINT",
        "text": key,
        "category": category,
        "place": village.PLACE,
    }
    return {"query": SUBMIT, "variables": {"input": given}}


def report_id(answer: Mapping[str, Any]) -> str:
    """The id in the answer to a submission. Raises AssertionError with the answer when it was refused."""
    payload = (answer.get("data") or {}).get("submitReport")
    assert payload, answer
    assert payload["report"], answer
    found: str = payload["report"]["id"]
    return found


class _Resident(Verifier):
    """Every caller is the same resident; tokens are proved elsewhere."""

    def __init__(self) -> None:
        super().__init__(jwks_url="", issuer="", audience="")

    async def caller(self, headers: Mapping[str, str]) -> Caller | None:
        return village.RESIDENT


class ReportJourney(Journey):
    """A report that becomes a work order."""

    category: ClassVar[str] = village.LITTER
    stages: ClassVar[Sequence[Stage]] = (
        Stage("submit", "intake"),
        Stage("intake relays triaged", "intake", relays=True),
        Stage("routing consumes triaged", "routing", publisher="intake"),
        Stage("routing relays dispatched", "routing", relays=True),
        Stage("intake consumes dispatched", "intake", publisher="routing"),
    )

    def build(self) -> Mapping[str, Service]:
        intake, _ = create_intake(settings(self.place, "intake"))
        routing, _ = create_routing(settings(self.place, "routing"))
        mediation, _ = create_mediation(settings(self.place, "mediation"))
        self._reference = Reference(intake.mongo)

        def context(caller: Caller | None, language: str) -> RequestContext:
            return Context(caller, language, intake.store, intake.live, self._reference)

        self._endpoint = GraphQLEndpoint(schema, context, _Resident(), 1_000_000)
        return {"intake": intake, "routing": routing, "mediation": mediation}

    async def prepare(self) -> None:
        await village.found(self.services["intake"].store, self.services["routing"].store)

    async def refresh(self) -> None:
        await super().refresh()
        if self.services["intake"] in self.open_services:
            await self._reference.refresh()

    async def submit(self, key: str, acknowledge: Callable[[str], None] = lambda _: None) -> str:
        body = json.dumps(submission(key, self.category)).encode()
        answered = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                answered.append(report_id(json.loads(message["body"])))
                acknowledge(answered[0])

        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": []}
        await self._endpoint(scope, receive, send)
        return answered[0]

    async def violations(self, matter: str) -> list[str]:
        intake = self.services["intake"].mongo
        document = await intake["reports"].find_one({"_id": matter})
        if document is None:
            return [f"lost: {matter}"]
        report = REPORT.from_document(document)
        found = []
        if (same := await intake["reports"].count_documents({"text": report.text})) != 1:
            found.append(f"{same} reports for the key of {matter}")
        rows = await intake[TIMELINE.name].find({"report_id": matter}).sort("_id", 1).to_list(None)
        if broken := first_break(matter, report.timeline, map(read_entry, rows)):
            found.append(f"timeline: {broken}")
        if len({row.get("event_id") for row in rows if row.get("event_id")}) != len(self._heard(rows)):
            found.append(f"{matter} heard an event twice")
        return found + await self._effects(report)

    def _heard(self, rows: list[dict[str, Any]]) -> list[str]:
        return [row["event_id"] for row in rows if row.get("event_id")]

    async def _effects(self, report: Any) -> list[str]:
        """One decision, one work order with a lead, and the report knows of it; and as many orders as reports."""
        routing = self.services["routing"].mongo
        found = []
        orders = await routing["work_orders"].find({"report_id": report.id}).to_list(None)
        if len(orders) != 1:
            found.append(f"{len(orders)} work orders for {report.id}")
        elif orders[0]["lead_post"] != village.CLERK:
            found.append(f"the lead of {orders[0]['_id']} is {orders[0]['lead_post']}")
        elif report.state != "routed" or report.order_id != orders[0]["_id"]:
            found.append(f"{report.id} is {report.state} with order {report.order_id}")
        return found + await self._totals({"decisions": routing["decisions"], "work orders": routing["work_orders"]})

    async def _totals(self, effects: Mapping[str, Any]) -> list[str]:
        reports = await self.services["intake"].mongo["reports"].count_documents({"category": self.category})
        counts = {name: await collection.count_documents({}) for name, collection in effects.items()}
        return [f"{reports} reports, {count} {name}" for name, count in counts.items() if count != reports]


class DisputeJourney(ReportJourney):
    """A report that becomes a mediation case; the stages that differ."""

    category = village.QUARREL
    skipped = 2
    stages = (
        *ReportJourney.stages[:2],
        Stage("routing consumes a dispute", "routing", publisher="intake"),
        Stage("routing relays decision", "routing", relays=True),
        Stage("intake consumes decision", "intake", publisher="routing"),
        Stage("intake relays routed", "intake", relays=True),
        Stage("mediation consumes routed", "mediation", publisher="intake"),
        Stage("mediation relays registered", "mediation", relays=True),
        Stage("intake consumes registered", "intake", publisher="mediation"),
    )

    async def _effects(self, report: Any) -> list[str]:
        cases = self.services["mediation"].mongo["cases"]
        found = []
        mine = await cases.find({"report_id": report.id}).to_list(None)
        if len(mine) != 1:
            found.append(f"{len(mine)} cases for {report.id}")
        elif report.state != "routed" or report.case_id != mine[0]["_id"]:
            found.append(f"{report.id} is {report.state} with case {report.case_id}")
        decisions = self.services["routing"].mongo["decisions"]
        return found + await self._totals({"decisions": decisions, "cases": cases})


def settings(place: Place, name: str) -> ServiceSettings:
    """A service of this journey at its place."""
    return ServiceSettings(
        listen="127.0.0.1:0",
        mongo_url=Secret(place.mongo_url),
        mongo_database=f"{place.database}_{name}",
        nats_url=place.nats_url,
    )
