"""Teams and their templates."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.responder import Responder, named
from services.routing.graphql.types.shift import RoleCount, role_counts
from services.routing.model.dispatch import response_team as model

strawberry.enum(model.TeamKind, name="TeamKind", description="What a team is for. 队伍类型。")
strawberry.enum(model.TeamState, name="TeamState", description="How far a team is. 队伍状态。")


@strawberry.type(description="Which roles a team has. 队伍模板。")
class TeamTemplate:
    id: strawberry.ID
    name: str
    name_en: str
    roles: list[RoleCount]

    @classmethod
    def of(cls, template: model.TeamTemplate) -> Self:
        """The template as GraphQL shows it."""
        return cls(
            id=strawberry.ID(template.id),
            name=template.name,
            name_en=template.name_en,
            roles=role_counts(template.roles),
        )


@strawberry.type(description="Somebody in a team. 队员。")
class MemberOfTeam:
    role: str
    _id: strawberry.Private[str]

    @strawberry.field(description="Who. 人员。")
    async def responder(self, info: Info) -> Responder | None:
        return next(iter(await named(info.context, [self._id])), None)


@strawberry.type(description="An area of a patrol's route. 巡逻点位。")
class PatrolStop:
    rounds_left_today: int = strawberry.field(description="How often it is still to be walked today. 今日剩余次数。")
    _area: strawberry.Private[str]

    @strawberry.field(description="Where. 区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._area)


@strawberry.type(description="An area was walked. 巡逻记录。")
class PatrolEntry:
    at: datetime
    person_id: strawberry.ID | None
    area_id: strawberry.ID
    findings: int
    note: str | None


@strawberry.type(description="Where a squad goes and how often. 巡逻计划。")
class PatrolPlan:
    times_a_day: int
    route: list[PatrolStop]
    log: list[PatrolEntry] = strawberry.field(description="The last entries, oldest first. 最近记录。")


@strawberry.type(description="A team raised from a template. 队伍。")
class Team:
    id: strawberry.ID
    kind: model.TeamKind
    name: str
    state: model.TeamState
    roles: list[RoleCount]
    members: list[MemberOfTeam]
    patrol: PatrolPlan | None
    raised_at: datetime
    stood_down_at: datetime | None
    stand_down_reason: str | None
    _team: strawberry.Private[model.Team]

    @strawberry.field(description="Whose team it is. 所属机构。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._team.unit_id)

    @strawberry.field(description="Where it works now. 投入区域。")
    def deployed_to(self, info: Info) -> Area | None:
        path = self._team.deployed_to
        return area_of(info.context, path[-1]) if path else None

    @classmethod
    def of(cls, team: model.Team, now: datetime) -> Self:
        """The team as GraphQL shows it."""
        return cls(
            id=strawberry.ID(team.id),
            kind=team.kind,
            name=team.name,
            state=team.state,
            roles=role_counts(team.roles),
            members=[MemberOfTeam(role=member.role, _id=member.responder_id) for member in team.members],
            patrol=_plan(team, team.plan, now) if team.plan else None,
            raised_at=team.raised_at,
            stood_down_at=team.stood_down_at,
            stand_down_reason=team.stand_down_reason,
            _team=team,
        )


def _plan(team: model.Team, plan: model.PatrolPlan, now: datetime) -> PatrolPlan:
    return PatrolPlan(
        times_a_day=plan.times_a_day,
        route=[PatrolStop(rounds_left_today=left, _area=area) for area, left in team.rounds_left(now).items()],
        log=[
            PatrolEntry(
                at=entry.at,
                person_id=strawberry.ID(entry.by.person) if entry.by.person else None,
                area_id=strawberry.ID(entry.area_id),
                findings=entry.findings,
                note=entry.note,
            )
            for entry in team.log
        ],
    )
