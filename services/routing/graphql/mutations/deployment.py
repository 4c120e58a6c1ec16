"""Commands on deployments: input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.deployment import Deployment
from services.routing.handlers.dispatch import deployment as handlers
from services.routing.model.dispatch import deployment as model
from services.routing.model.organisation.point import Point


@strawberry.type
class DeploymentPayload:
    """The deployment as it is now, null when refused. 派遣,被拒绝时为空。"""

    deployment: Deployment | None
    errors: list[UserError]


_SKILLS = "Each that is missing costs five minutes; somebody with none of them is not sent. 所需技能。"
_SENSITIVE = "Only who is vetted goes, for example where minors are concerned. 涉敏(如涉未成年人)。"


@strawberry.input
class SendNearestInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    skills: list[str] = strawberry.field(default_factory=list, description=_SKILLS)
    sensitive: bool = strawberry.field(default=False, description=_SENSITIVE)


@strawberry.input
class SendResponderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    responder_id: strawberry.ID
    skills: list[str] = strawberry.field(default_factory=list, description=_SKILLS)
    sensitive: bool = strawberry.field(default=False, description=_SENSITIVE)


@strawberry.input
class SendTeamInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    team_id: strawberry.ID
    sensitive: bool = strawberry.field(default=False, description=_SENSITIVE)


@strawberry.input
class AcceptDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID


@strawberry.input
class DeclineDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID
    reason: str


@strawberry.input
class DepartDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID


@strawberry.input
class ArriveDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID
    lon: float
    lat: float
    accuracy_m: float = strawberry.field(description="How far off the position may be, in metres. 精度(米)。")


@strawberry.input
class FinishDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID


@strawberry.input
class StandDownDeploymentInput:
    idempotency_key: str = strawberry.field(description=KEY)
    deployment_id: strawberry.ID
    reason: str


@strawberry.type
class DeploymentMutations:
    @strawberry.mutation(description="Send the nearest suitable responder; for the centre. 就近派遣。")
    async def send_nearest(
        self, info: Info, given: Annotated[SendNearestInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        doing = handlers.send_nearest(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.work_order_id, given.skills, given.sensitive),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Send one by name; for the centre. 指定派遣。")
    async def send_responder(
        self, info: Info, given: Annotated[SendResponderInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        doing = handlers.send_responder(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id, given.responder_id),
            *(given.skills, given.sensitive),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Send a whole team; for the centre. 派遣队伍。")
    async def send_team(
        self, info: Info, given: Annotated[SendTeamInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        doing = handlers.send_team(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.work_order_id, given.team_id, given.sensitive),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="We go; for who was asked. 接受派遣。")
    async def accept_deployment(
        self, info: Info, given: Annotated[AcceptDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        return await _payload(
            info, handlers.accept_deployment(c.store, c.viewer, given.idempotency_key, given.deployment_id)
        )

    @strawberry.mutation(description="We cannot; the next in the ranking is asked. 谢绝派遣。")
    async def decline_deployment(
        self, info: Info, given: Annotated[DeclineDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        doing = handlers.decline_deployment(
            c.store, c.directory, c.viewer, given.idempotency_key, given.deployment_id, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="On the way. 出发。")
    async def depart_deployment(
        self, info: Info, given: Annotated[DepartDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        return await _payload(info, handlers.depart(c.store, c.viewer, given.idempotency_key, given.deployment_id))

    @strawberry.mutation(description="Check in on the spot. 到场签到。")
    async def arrive_deployment(
        self, info: Info, given: Annotated[ArriveDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        point = Point(lon=given.lon, lat=given.lat)
        doing = handlers.arrive(c.store, c.viewer, given.idempotency_key, given.deployment_id, point, given.accuracy_m)
        return await _payload(info, doing)

    @strawberry.mutation(description="Done on the spot; everybody is free again. 处置结束。")
    async def finish_deployment(
        self, info: Info, given: Annotated[FinishDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        return await _payload(info, handlers.finish(c.store, c.viewer, given.idempotency_key, given.deployment_id))

    @strawberry.mutation(description="Call them back. 撤回派遣。")
    async def stand_down_deployment(
        self, info: Info, given: Annotated[StandDownDeploymentInput, strawberry.argument(name="input")]
    ) -> DeploymentPayload:
        c = info.context
        doing = handlers.stand_down(c.store, c.viewer, given.idempotency_key, given.deployment_id, given.reason)
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Deployment]) -> DeploymentPayload:
    deployment, errors = await outcome(info, doing)
    return DeploymentPayload(deployment=Deployment.of(info.context, deployment) if deployment else None, errors=errors)
