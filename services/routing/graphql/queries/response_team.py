"""Teams and their templates."""

import strawberry

from services.chassis.errors import RoleMissing
from services.chassis.graphql.connection import Connection, page
from services.routing.access.staff import is_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.response_team import Team, TeamTemplate
from services.routing.model.dispatch.response_team import TeamState
from services.routing.store.response_team import TEAMS
from services.routing.views import response_team as views
from services.routing.views.responder import of_person


@strawberry.type
class TeamQueries:
    @strawberry.field(description="Templates of teams; for staff. 队伍模板,限工作人员。")
    async def team_templates(self, info: Info) -> list[TeamTemplate]:
        if not is_staff(info.context.viewer):
            raise RoleMissing(roles="attendant, handler, centre")
        return [TeamTemplate.of(template) for template in await views.templates(info.context.store.mongo)]

    @strawberry.field(description="For staff the teams of their area, for others those they are in. 队伍列表。")
    async def teams(
        self,
        info: Info,
        area: strawberry.ID | None = None,
        state: TeamState | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Team]:
        context = info.context
        own = await of_person(context.store.mongo, context.viewer.person)
        now = context.store.clock()
        return await page(
            context.store.mongo,
            views.TEAM_LIST,
            views.team_list(context.viewer, own.id if own else None, area, state),
            lambda row: Team.of(TEAMS.from_document(row), now),
            first=first,
            after=after,
            order_by="_id",
        )
