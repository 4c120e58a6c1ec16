"""Who is on duty in the demonstration today: shifts, somebody away with B acting, people to send, one who is on the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from dev.samples import Desk

_LOCAL = ZoneInfo("Asia/Shanghai")
# Around the clock; in an emergency twice as many. Tomorrow is planned with nobody on it yet: a gap to see.
_SHIFTS = {
    "post_d01_centre_desk": ["responder_s02_duty_staff"],
    "post_s01_centre_leader": ["responder_s01_c01_officer", "responder_s01_c01_lawyer"],
    "post_s01_c01_g01_attendant": ["responder_s01_c01_g01_attendant_b"],
}
_READY = ("responder_s01_team", "responder_s01_c02_officer", "responder_s01_c01_g01_attendant_a")
_AWAY = "person_s01_c01_head_a"
_WAITING = "{ centreBoard { orders(queue: INCOMING, first: 20) { nodes { id } } } }"


async def begin(graphql_url: str, token: Callable[[str], str]) -> None:
    """Plan the day, call people to duty and send one, all as the centre. Raises DevError with a refusal that does not pass."""
    now = datetime.now(UTC)
    async with aiohttp.ClientSession() as http:
        desk = Desk(http, graphql_url, token)

        async def do(mutation: str, of: str, selection: str = "", **given: Any) -> dict[str, Any]:
            key = {"idempotencyKey": f"duty-{mutation}-{of}"}
            return await desk.carry_out(f"{mutation} of {of}", "centre", mutation, given | key, selection)

        for post, people in _SHIFTS.items():
            pattern = {"first": now.astimezone(_LOCAL).date().isoformat(), "days": 2, "starts": ["00:00:00"]}
            strength = {"headCount": len(people), "emergency": {"headCount": 2 * len(people)}}
            planned = await do("planShifts", post, "shift { id }", postId=post, **pattern, **strength)
            await do("assignShift", post, shiftId=planned["shift"]["id"], responderIds=people)
        for responder in _READY:
            await do("setAvailability", responder, responderId=responder, readiness="ON_DUTY")
        away = {"since": now.isoformat(), "until": (now + timedelta(days=3)).isoformat()}
        await do("recordAbsence", _AWAY, personId=_AWAY, **away, reason="培训")
        waiting = (await desk.ask("centre", _WAITING, {}))["data"]["centreBoard"]["orders"]["nodes"]
        for order in waiting[:1]:
            sent = await do("sendNearest", "order", "deployment { id }", workOrderId=order["id"], skills=[])
            of = {"deploymentId": sent["deployment"]["id"]}
            await do("acceptDeployment", "order", **of)
            await do("departDeployment", "order", **of)
