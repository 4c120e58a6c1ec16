"""Meetings in the small district: series, their clock, and what is done at a meeting, through GraphQL."""

import dataclasses
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from services.routing.handlers.directive.meeting import step_series
from services.routing.store.meeting import SERIES
from tests.refusals import said
from tests.routing.district import DESK
from tests.routing.world import DESK_OFFICER, World

MEETING = """
    id kind name state place reason meetsAt convenedAt minutes closedAt
    post { id } unit { id } area { id } members { id }
    counts { orders directives supervisions overdue }
    items {
      id kind subjectId dueAt overdue outcome note workOrder { id state } directive { id } supervision { id }
    }
    decisions { id text dueAt itemId newOrder post { id } workOrder { id state } }
    attendance { unit { id } present note }
    workOrder { id }
"""
SERIES_FIELDS = "id kind name weekdays at meetsNextAt endedAt post { id } members { id }"
_SERIES_MUTATIONS = {"defineMeetingSeries", "changeMeetingSeries", "endMeetingSeries"}


@dataclasses.dataclass
class Room:
    """What a centre does with meetings."""

    world: World

    async def do(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> Any:
        """A mutation; its payload with the whole object."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        shown = f"series {{ {SERIES_FIELDS} }}" if mutation in _SERIES_MUTATIONS else f"meeting {{ {MEETING} }}"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {shown} errors {{ code reason path }} }} }}"
        )
        values = {"idempotencyKey": new_id("key"), **given}
        return (await self.world.ask(document, caller, input=values))[mutation]

    async def done(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> Any:
        """A mutation that must succeed; the object."""
        payload = await self.do(mutation, caller, **given)
        assert payload["errors"] == [], payload
        return payload.get("meeting") or payload["series"]

    async def refused(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> str:
        """A mutation that must be refused; the code."""
        payload = await self.do(mutation, caller, **given)
        assert payload.get("meeting") is payload.get("series") is None, payload
        (error,) = payload["errors"]
        return said(error)

    def daily(self, **more: Any) -> dict[str, Any]:
        """The daily supervision list of the district, every weekday at half past eight."""
        values = {
            "kind": "DAILY_LIST",
            "name": "日督导",
            "postId": DESK,
            "areaId": "d1",
            "members": ["unit_s1", "unit_dept"],
            "weekdays": [1, 2, 3, 4, 5],
            "at": "08:30",
        }
        return {**values, **more}

    async def let_clock_act(self) -> None:
        """What the service's timer does with series at this moment."""
        while due := await claim_due(self.world.store, SERIES.collection.name):
            for document in due:
                await step_series(self.world.store, document["_id"])

    async def meetings(self, caller: Caller = DESK_OFFICER, **given: Any) -> Any:
        """Meetings the caller sees, newest first."""
        document = f"query($filter: MeetingFilter) {{ meetings(filter: $filter) {{ nodes {{ {MEETING} }} }} }}"
        return (await self.world.ask(document, caller, **given))["meetings"]["nodes"]

    async def told(self) -> list[str]:
        """Event names, oldest first."""
        rows = await self.world.told("meeting", "meeting_series")
        return [".".join(row["type"].split(".")[2:4]) for row in rows]
