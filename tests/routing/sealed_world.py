"""A sealed matter with all that can hang on a matter, in the small district, and those who may see nothing of it."""

import dataclasses
from datetime import timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.handlers.directive.meeting import step_series
from services.routing.model.ladder.escalation_parts import Trigger
from services.routing.store.meeting import SERIES
from tests.routing.district import COMMITTEE, DEPARTMENT, DESK, SECTION, UNIT_OF
from tests.routing.ladder_world import a_subject, start
from tests.routing.roster_world import SPOT, RosterWorld
from tests.routing.world import (
    ATTENDANT,
    DESK_OFFICER,
    MEDIATOR,
    OPERATOR,
    OTHER_RESIDENT,
    OTHER_SECTION_HEAD,
    SECTION_HEAD,
    STREET_2_CENTRE,
    World,
)

WORD = "密事"  # in every free text of the sealed matter, and in nothing else
COMMITTEE_HANDLER = Caller(
    person="person_c", roles=frozenset({"handler"}), post=COMMITTEE, unit=UNIT_OF[COMMITTEE], area="d1-s1-c1"
)
STREET_1_CENTRE_BELOW = Caller(
    person="person_l", roles=frozenset({"centre"}), post="post_l", unit="unit_l", area="d1-s1-c1-g2"
)
BLIND = {
    "attendant of the grid": ATTENDANT,
    "handler of the community": COMMITTEE_HANDLER,
    "handler elsewhere": OTHER_SECTION_HEAD,
    "centre elsewhere": STREET_2_CENTRE,
    "centre of a grid beside it": STREET_1_CENTRE_BELOW,
    "mediator": MEDIATOR,
    "operator": OPERATOR,
    "another resident": OTHER_RESIDENT,
}
# Who may see nothing of the matter, by how sensitive it is: attendants of the place see what is only restricted.
BLIND_TO = {
    "sealed": BLIND,
    "restricted": {who: caller for who, caller in BLIND.items() if caller is not ATTENDANT},
}
PHOTO = {"kind": "PHOTO", "ref": f"https://files.example/{WORD}.jpg", "note": WORD}


@dataclasses.dataclass
class Matter:
    """The words by which it could be known."""

    ids: list[str]
    words: list[str]


class Sealed:
    """Builds the matter by the commands that a street and its centre would give; it may be only restricted."""

    def __init__(self, world: World, sensitivity: str = "sealed") -> None:
        self.world = world
        self.sensitivity = sensitivity
        self.roster = RosterWorld(world)
        self.ids: list[str] = []

    async def act(self, mutation: str, caller: Caller, shown: str, **given: Any) -> str:
        """A command that must succeed; the id of what it made or changed."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {shown} {{ id }} errors {{ code reason message }} }} }}"
        values = {"idempotencyKey": new_id("key"), **given}
        payload = (await self.world.ask(document, caller, input=values))[mutation]
        assert payload["errors"] == [], (mutation, payload)
        return str(payload[shown]["id"])

    async def vetted(self, responder_id: str) -> None:
        """Somebody who may be sent to sensitive matters."""
        until = (self.world.now + timedelta(days=90)).isoformat()
        await self.act("vetResponder", DESK_OFFICER, "responder", responderId=responder_id, validUntil=until)

    async def asset(self) -> str:
        """A lift everybody in the community knows."""
        place = {"lon": SPOT.lon, "lat": SPOT.lat}
        about = {"code": "LIFT-1", "kind": "lift", "name": "电梯", "ownerUnit": UNIT_OF[COMMITTEE], **place}
        return await self.act("registerAsset", DESK_OFFICER, "asset", **about)

    async def series(self) -> str:
        """The district's daily list, of which units of both streets are members."""
        daily = {
            "kind": "DAILY_LIST",
            "name": "日督导",
            "postId": DESK,
            "areaId": "d1",
            "members": ["unit_s1", "unit_s2", "unit_c1"],
            "weekdays": [1, 2, 3, 4, 5, 6, 7],
            "at": "08:30",
        }
        return await self.act("defineMeetingSeries", DESK_OFFICER, "series", series=daily)

    async def meet(self) -> None:
        """The series comes round, with what is due."""
        row = await self.world.mongo[SERIES.collection.name].find_one({})
        assert row
        self.world.now = max(self.world.now, row["next_step_at"])
        await step_series(self.world.store, row["_id"])

    async def matter(self, asset: str) -> str:
        """The order with all that hangs on it; its id."""
        world = self.world
        order = await world.dispatched("report_sealed", place=SPOT, sensitivity=self.sensitivity, number="261122-0099")
        on: dict[str, Any] = {"workOrderId": order.id}
        caller_facts = {"caller_post": SECTION, "caller_unit": UNIT_OF[SECTION], "caller_person": SECTION_HEAD.person}
        facts: dict[str, Any] = {
            "kind": "call",
            "call_level": "elevated",
            "sensitivity": self.sensitivity,
            **caller_facts,
        }
        await world.triage("report_sealed_call", number="261122-0098", received_at=world.now, **facts)
        await self.act("returnOrder", SECTION_HEAD, "workOrder", **on, basis=WORD)
        await self.act("referOrder", DESK_OFFICER, "workOrder", **on)
        words = {"question": WORD, "facts": WORD, "basis": WORD}
        await self.act("ruleOrder", DESK_OFFICER, "workOrder", **on, postId=SECTION, **words)
        await self.act("acceptOrder", SECTION_HEAD, "workOrder", **on)
        await self.act("startOrder", SECTION_HEAD, "workOrder", **on)
        await self.act("reportBackOnOrder", SECTION_HEAD, "workOrder", **on, text=WORD)
        await self.act("requestAssistance", SECTION_HEAD, "workOrder", **on, postId=DEPARTMENT, task=WORD)
        await self.act("splitOrder", SECTION_HEAD, "workOrder", **on, postId=DESK, task=WORD)
        await self.act("askOrderExtension", SECTION_HEAD, "workOrder", **on, hours=2.0, reason=WORD)
        until = (world.now + timedelta(hours=2)).isoformat()
        await self.act("suspendOrder", SECTION_HEAD, "workOrder", **on, awaited=WORD, reason=WORD, until=until)
        await self.act("resumeOrder", SECTION_HEAD, "workOrder", **on)
        step = {"kind": "SURVEY", "name": WORD, "reference": WORD, "startedAt": world.now.isoformat()}
        await self.act("startDepartmentStep", SECTION_HEAD, "step", **on, **step)
        about = {"subjectKind": "WORK_ORDER", "subjectId": order.id, "level": "REMIND", "reason": WORD}
        await self.act("openSupervision", DESK_OFFICER, "supervision", **about)
        await self.act("attachReportToAsset", DESK_OFFICER, "asset", assetId=asset, reportId="report_sealed")
        subject = a_subject(
            order.id, number=order.number, owner_post=SECTION, owner_unit=UNIT_OF[SECTION], sensitivity=self.sensitivity
        )
        await start(world, subject=subject, trigger=Trigger.CLOCK_BREACH)
        whistle: dict[str, Any] = {"reason": "BEYOND_MEANS", "triedBelow": WORD, "matter": WORD, "address": WORD}
        where = {"areaId": "d1-s1-c1", "reportId": "report_sealed", "postIds": [SECTION]}
        await self.act("whistle", DESK_OFFICER, "summons", **whistle, **where)
        custody = {
            "subject": "PERSON",
            "reference": WORD,
            "description": WORD,
            "areaId": "d1-s1-c1",
        }
        await self.act("beginCustody", SECTION_HEAD, "custody", sealed=True, **custody)
        await self.act("sendNearest", DESK_OFFICER, "deployment", **on)
        return order.id

    async def known_by(self) -> Matter:
        """Ids and numbers of every document that is of the matter, found by what they name."""
        ids, numbers = {"report_sealed", "report_sealed_call"}, {"261122-0099", "261122-0098"}
        apart = {"outbox", "inbox", "leases", "assets", "meetings", "meeting_series", "register", "boundary_proposals"}
        while True:
            before = len(ids)
            for name in await self.world.mongo.database.list_collection_names():
                async for row in self.world.mongo[name].find({}):
                    if name not in apart and any(f"'{one}'" in str(row) for one in [*ids, *numbers]):
                        ids.add(str(row["_id"]))
                        numbers |= {str(row["number"])} if row.get("number") else set()
            if len(ids) == before:
                return Matter(sorted(ids), sorted({WORD, *ids, *numbers}))
