"""People to send: a handful of responders along one road of the small district, and the commands they give."""

from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.handlers.dispatch.deployment import keep_deployment_clocks
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.point import Point
from services.routing.store.deployment import DEPLOYMENTS
from tests.refusals import said
from tests.routing import district
from tests.routing.district import GRID_1, GRID_3
from tests.routing.world import DESK_OFFICER, World

# A road to the east along a parallel: a thousandth of a degree is about a hundred metres.
SOUTH = 23.005
SPOT = Point(lon=113.005, lat=SOUTH)

PAYLOADS = {
    "deployment": "deployment { id state acceptSeconds arriveSeconds delayed responders { id } "
    "offers { answer reason responders { id } } arrival { distanceM position { accuracyM } } } ",
    "shift": "shift { id state assigned { id } swaps { id state } handover { note openMatters { state count } } } ",
    "team": "team { id state deployedTo { id } members { role responder { id } } } ",
    "teamTemplate": "teamTemplate { id } ",
    "responder": "responder { id kind availability employer position { lon accuracyM } vettedUntil "
    "service { year hours duties targetHours } } ",
}


def person(responder_id: str) -> Caller:
    """The person behind a responder, with no role in the organisation."""
    return Caller(person=f"person_{responder_id}", roles=frozenset({"resident"}))


def responders() -> list[dict[str, Any]]:
    """An attendant, two officers and a volunteer, at home in the first community but for the second officer."""
    rows = [
        ("attendant_1", "attendant", GRID_1, ["patrol"]),
        ("officer_1", "officer", GRID_1, ["police"]),
        ("officer_2", "officer", GRID_3, ["police", "mediation"]),
        ("volunteer_1", "volunteer", GRID_1, ["first_aid"]),
    ]
    return [
        {
            "id": responder_id,
            "kind": kind,
            "person_id": f"person_{responder_id}",
            "name": f"力量 {responder_id}",
            "home_area_id": path[-1],
            "skills": skills,
        }
        for responder_id, kind, path, skills in rows
    ]


class RosterWorld:
    """A world with people to send; each is its own caller, the desk officer speaks for the centre."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def load(self) -> None:
        values = district.raw()
        values["responders"] = responders()
        values["people"] += [{"id": row["person_id"], "name": row["name"]} for row in values["responders"]]
        await self.world.load(values)

    async def do(self, what: str, mutation: str, caller: Caller, language: str = "en", **given: Any) -> Any:
        """A mutation of the payload `what`, with a key of its own unless given."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
            f"{{ {PAYLOADS[what]} errors {{ code reason message path }} }} }}"
        )
        values = {"idempotencyKey": new_id("key"), **given}
        return (await self.world.ask(document, caller, language, input=values))[mutation]

    async def done(self, what: str, mutation: str, caller: Caller, **given: Any) -> Any:
        """A mutation that must succeed; the object."""
        payload = await self.do(what, mutation, caller, **given)
        assert payload["errors"] == [], payload
        return payload[what]

    async def refused(self, what: str, mutation: str, caller: Caller, **given: Any) -> str:
        """A mutation that must be refused; the code."""
        payload = await self.do(what, mutation, caller, **given)
        assert payload[what] is None
        (error,) = payload["errors"]
        return said(error)

    async def on_duty(self, responder_id: str, east: float | None = None) -> None:
        """Comes on duty, `east` thousandths of a degree from the spot."""
        who = person(responder_id)
        await self.done("responder", "setAvailability", who, responderId=responder_id, readiness="ON_DUTY")
        if east is not None:
            await self.stands(responder_id, east)

    async def stands(self, responder_id: str, east: float) -> None:
        """Reports a position."""
        at = self.world.now.isoformat()
        where = {"lon": SPOT.lon + east / 1000, "lat": SOUTH, "accuracyM": 10, "at": at}
        await self.done("responder", "reportPosition", person(responder_id), responderId=responder_id, **where)

    async def order(self, report_id: str = "report_1", **facts: Any) -> WorkOrder:
        """An order with a point; in an emergency, where the policy times who is sent, unless said otherwise."""
        return await self.world.dispatched(report_id, **{"place": SPOT, "mode": "emergency", **facts})

    async def send(self, order: WorkOrder, **given: Any) -> Any:
        """The centre sends the nearest."""
        return await self.done("deployment", "sendNearest", DESK_OFFICER, workOrderId=order.id, **given)

    async def act(self, mutation: str, responder_id: str, deployment_id: str, **given: Any) -> Any:
        """Who was sent says something."""
        return await self.done("deployment", mutation, person(responder_id), deploymentId=deployment_id, **given)

    async def arrived(self, responder_id: str, deployment_id: str) -> Any:
        """Checks in on the spot."""
        where = {"lon": SPOT.lon, "lat": SOUTH, "accuracyM": 8}
        return await self.act("arriveDeployment", responder_id, deployment_id, **where)

    async def tick(self) -> None:
        """The timer does what is due."""
        due = {"next_step_at": {"$lte": self.world.now}}
        rows = await self.world.mongo[DEPLOYMENTS.collection.name].find(due).to_list(None)
        for row in rows:
            await keep_deployment_clocks(self.world.store, self.world.directory, row["_id"])

    async def asked(self, deployment: Any) -> list[str]:
        """Who was asked, in order."""
        return [offer["responders"][0]["id"] for offer in deployment["offers"]]

    async def availability(self, responder_id: str) -> str:
        """How available a responder is, as the centre sees it."""
        document = "query($id: ID!) { responder(id: $id) { availability } }"
        found = (await self.world.ask(document, DESK_OFFICER, id=responder_id))["responder"]
        return str(found["availability"])
