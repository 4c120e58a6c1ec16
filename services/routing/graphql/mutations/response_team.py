"""Commands on teams: input, payload and resolver of each mutation, side by side."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.mutations.shift import RoleCountInput
from services.routing.graphql.types.response_team import Team, TeamTemplate
from services.routing.handlers.dispatch import response_team as handlers
from services.routing.model.dispatch import response_team as model


@strawberry.type
class TeamTemplatePayload:
    """The template as it is now, null when refused. 队伍模板,被拒绝时为空。"""

    team_template: TeamTemplate | None
    errors: list[UserError]


@strawberry.type
class TeamPayload:
    """The team as it is now, null when refused. 队伍,被拒绝时为空。"""

    team: Team | None
    errors: list[UserError]


@strawberry.input
class DefineTeamTemplateInput:
    idempotency_key: str = strawberry.field(description=KEY)
    name: str
    name_en: str
    roles: list[RoleCountInput]


@strawberry.input
class RaiseTeamInput:
    idempotency_key: str = strawberry.field(description=KEY)
    template_id: strawberry.ID
    kind: model.TeamKind
    name: str
    area_id: strawberry.ID = strawberry.field(description="Where it is at home. 所属区域。")


@strawberry.input
class StaffTeamInput:
    idempotency_key: str = strawberry.field(description=KEY)
    team_id: strawberry.ID
    responder_ids: list[strawberry.ID] = strawberry.field(description="Everybody in it. 全部队员。")


@strawberry.input
class DeployTeamInput:
    idempotency_key: str = strawberry.field(description=KEY)
    team_id: strawberry.ID
    area_id: strawberry.ID


@strawberry.input
class StandDownTeamInput:
    idempotency_key: str = strawberry.field(description=KEY)
    team_id: strawberry.ID
    reason: str


@strawberry.input
class PlanPatrolInput:
    idempotency_key: str = strawberry.field(description=KEY)
    team_id: strawberry.ID
    route: list[strawberry.ID] = strawberry.field(description="Areas, in order. 巡逻路线。")
    times_a_day: int


@strawberry.input
class LogPatrolInput:
    idempotency_key: str = strawberry.field(description=KEY)
    team_id: strawberry.ID
    area_id: strawberry.ID
    findings: int = 0
    note: str | None = None


@strawberry.type
class TeamMutations:
    @strawberry.mutation(description="Define which roles a kind of team has; for the centre. 设定队伍模板。")
    async def define_team_template(
        self, info: Info, given: Annotated[DefineTeamTemplateInput, strawberry.argument(name="input")]
    ) -> TeamTemplatePayload:
        c = info.context
        roles = {row.role: row.count for row in given.roles}
        doing = handlers.define_template(c.store, c.viewer, given.idempotency_key, given.name, given.name_en, roles)
        template, errors = await outcome(info, doing)
        return TeamTemplatePayload(team_template=TeamTemplate.of(template) if template else None, errors=errors)

    @strawberry.mutation(description="Raise a team of the caller's unit. 组建队伍。")
    async def raise_team(
        self, info: Info, given: Annotated[RaiseTeamInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        doing = handlers.raise_team(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.template_id, given.kind, given.name, given.area_id),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Fill every role, nobody without one. 配员。")
    async def staff_team(
        self, info: Info, given: Annotated[StaffTeamInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        return await _payload(
            info, handlers.staff_team(c.store, c.viewer, given.idempotency_key, given.team_id, given.responder_ids)
        )

    @strawberry.mutation(description="Send a staffed team to work in an area. 投入区域。")
    async def deploy_team(
        self, info: Info, given: Annotated[DeployTeamInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        doing = handlers.deploy_team(
            c.store, c.directory, c.viewer, given.idempotency_key, given.team_id, given.area_id
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Dissolve a team. 解散队伍。")
    async def stand_down_team(
        self, info: Info, given: Annotated[StandDownTeamInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        return await _payload(
            info, handlers.stand_down_team(c.store, c.viewer, given.idempotency_key, given.team_id, given.reason)
        )

    @strawberry.mutation(description="Where a squad goes and how often. 制定巡逻计划。")
    async def plan_patrol(
        self, info: Info, given: Annotated[PlanPatrolInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        doing = handlers.plan_patrol(
            *(c.store, c.directory, c.viewer, given.idempotency_key),
            *(given.team_id, given.route, given.times_a_day),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="An area was walked; for the squad and its unit. 登记巡逻。")
    async def log_patrol(
        self, info: Info, given: Annotated[LogPatrolInput, strawberry.argument(name="input")]
    ) -> TeamPayload:
        c = info.context
        doing = handlers.log_patrol(
            c.store, c.viewer, given.idempotency_key, given.team_id, given.area_id, given.findings, given.note
        )
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[model.Team]) -> TeamPayload:
    team, errors = await outcome(info, doing)
    return TeamPayload(team=Team.of(team, info.context.store.clock()) if team else None, errors=errors)
