"""Commands about those who assist an order's lead (R-05)."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import UnitOfWork
from services.routing.access.order import require_lead, require_lead_or_centre, require_sight
from services.routing.errors.work_order import OrderNotYours
from services.routing.handlers.order.work_order import Check, Commanded
from services.routing.model.clock.calendar import ROUND_THE_CLOCK
from services.routing.model.order.work_order import WorkOrder
from services.routing.model.organisation.point import Point


async def request_assistance(on: Commanded, post_id: str, task: str, within: timedelta | None) -> WorkOrder:
    """The lead, or the centre, calls another unit in; `within` is how long it has, else as long as the order itself.

    Raises Refusal, StoreError.
    """

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        finish = None
        if within is not None:
            finish = msgspec.structs.replace(
                order.resolve_target, within=within, calendar=ROUND_THE_CLOCK, warn_before=None
            )
        return order.assist(on.post(post_id), task, finish, on.directory.policy, unit.now, on.caller.actor)

    given = [post_id, task, within.total_seconds() if within else None]
    return await on.do("requestAssistance", given, require_lead_or_centre, act)


async def accept_assistance(on: Commanded, assistance_id: str) -> WorkOrder:
    """The assisting post takes it. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.accept_assistance(assistance_id, unit.now)

    return await on.do("acceptAssistance", [assistance_id], _require_assistant(assistance_id), act)


async def check_in_assistance(
    on: Commanded, assistance_id: str, place: Point | None, accuracy: float | None
) -> WorkOrder:
    """Somebody of the assisting post is there. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.check_in_assistance(assistance_id, place, accuracy, unit.now, on.caller.actor)

    given = [assistance_id, msgspec.to_builtins(place), accuracy]
    return await on.do("checkInAssistance", given, _require_assistant(assistance_id), act)


async def finish_assistance(on: Commanded, assistance_id: str, note: str) -> WorkOrder:
    """The assisting post has done its part. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.finish_assistance(assistance_id, note, unit.now)

    return await on.do("finishAssistance", [assistance_id, note], _require_assistant(assistance_id), act)


async def release_assistance(on: Commanded, assistance_id: str, reason: str) -> WorkOrder:
    """The lead, or the centre, does without. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.release_assistance(assistance_id, reason, unit.now)

    return await on.do("releaseAssistance", [assistance_id, reason], require_lead_or_centre, act)


async def rate_assistance(on: Commanded, assistance_id: str, mark: int, note: str | None) -> WorkOrder:
    """The lead says what the help was worth. Raises Refusal, StoreError."""

    async def act(unit: UnitOfWork, order: WorkOrder) -> Sequence[EventData]:
        return order.rate_assistance(assistance_id, mark, note, unit.now, on.caller.actor)

    return await on.do("rateAssistance", [assistance_id, mark, note], require_lead, act)


def _require_assistant(assistance_id: str) -> Check:
    """Raises unless the caller's post or unit is the one that assists."""

    def check(caller: Caller, order: WorkOrder) -> None:
        require_sight(caller, order)
        if not caller.has("handler", "centre"):
            raise RoleMissing(roles="handler")
        aid = order.assistance(assistance_id)
        if caller.post != aid.post and caller.unit != aid.unit:
            raise OrderNotYours

    return check
