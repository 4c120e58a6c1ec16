"""Commands on the register of responders: input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.responder import Responder, seen_responder
from services.routing.handlers.dispatch import responder as handlers
from services.routing.model.dispatch import responder as model
from services.routing.model.organisation.point import Point


@strawberry.type
class ResponderPayload:
    """The entry as it is now, null when refused. 处置力量,被拒绝时为空。"""

    responder: Responder | None
    errors: list[UserError]


@strawberry.enum(description="What somebody may say of oneself; the rest follows from deployments. 可自行设置的状态。")
class Readiness(Enum):
    OFF = "off"
    STANDBY = "standby"
    ON_DUTY = "on_duty"


@strawberry.input
class RegisterResponderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    kind: model.RegisteredKind
    name: str
    home_area_id: strawberry.ID = strawberry.field(description="The home community. 所属社区。")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Oneself, or whom the centre registers; none for an organisation. 人员。"
    )
    skills: list[str] = strawberry.field(default_factory=list)
    employer: str | None = strawberry.field(default=None, description="Required of reservists. 所在单位。")
    yearly_hours: int = strawberry.field(default=0, description="Hours promised a year. 年度目标时数。")


@strawberry.input
class RetireResponderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    responder_id: strawberry.ID


@strawberry.input
class SetAvailabilityInput:
    idempotency_key: str = strawberry.field(description=KEY)
    responder_id: strawberry.ID
    readiness: Readiness


@strawberry.input
class ReportPositionInput:
    idempotency_key: str = strawberry.field(description=KEY)
    responder_id: strawberry.ID
    lon: float
    lat: float
    accuracy_m: float = strawberry.field(description="How far off it may be, in metres. 精度(米)。")
    at: datetime


@strawberry.input
class VetResponderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    responder_id: strawberry.ID
    valid_until: datetime | None = strawberry.field(description="Null takes the vetting back. 有效期,为空则撤销。")


@strawberry.input
class RecordServiceInput:
    idempotency_key: str = strawberry.field(description=KEY)
    responder_id: strawberry.ID
    minutes: int
    at: datetime


@strawberry.type
class ResponderMutations:
    @strawberry.mutation(description="Register as a volunteer, reservist or partner; oneself, or the centre. 登记。")
    async def register_responder(
        self, info: Info, given: Annotated[RegisterResponderInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        doing = handlers.register_responder(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.kind, given.person_id, given.name),
            *(given.home_area_id, given.skills, given.employer, given.yearly_hours),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Leave the register; oneself, or the centre. 退出登记。")
    async def retire_responder(
        self, info: Info, given: Annotated[RetireResponderInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        return await _payload(
            info, handlers.retire_responder(c.store, c.viewer, given.idempotency_key, given.responder_id)
        )

    @strawberry.mutation(description="Come on duty, stand by, or go; oneself, or the centre. 上岗、备勤、离岗。")
    async def set_availability(
        self, info: Info, given: Annotated[SetAvailabilityInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        doing = handlers.set_availability(
            c.store, c.viewer, given.idempotency_key, given.responder_id, given.readiness.value
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Where one is; only while at work. 上报位置。")
    async def report_position(
        self, info: Info, given: Annotated[ReportPositionInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        doing = handlers.report_position(
            *(c.store, c.viewer, given.idempotency_key, given.responder_id),
            *(Point(lon=given.lon, lat=given.lat), given.accuracy_m, given.at),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Fit for sensitive matters until a date; for the centre. 涉敏审查。")
    async def vet_responder(
        self, info: Info, given: Annotated[VetResponderInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        doing = handlers.vet_responder(c.store, c.viewer, given.idempotency_key, given.responder_id, given.valid_until)
        return await _payload(info, doing)

    @strawberry.mutation(description="Book a duty done outside a deployment; for the centre. 登记服务时长。")
    async def record_service(
        self, info: Info, given: Annotated[RecordServiceInput, strawberry.argument(name="input")]
    ) -> ResponderPayload:
        c = info.context
        doing = handlers.record_service(
            c.store, c.viewer, given.idempotency_key, given.responder_id, given.minutes, given.at
        )
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Responder]) -> ResponderPayload:
    responder, errors = await outcome(info, doing)
    return ResponderPayload(responder=seen_responder(info.context, responder), errors=errors)
