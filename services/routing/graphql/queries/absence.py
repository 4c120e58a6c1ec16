"""Who is away, and where nobody answers."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.absence import Absence, RosterGap
from services.routing.handlers.organisation.absence import may_arrange
from services.routing.store.absence import ABSENCES, GAPS
from services.routing.views.absence import gap_list


@strawberry.type
class AbsenceQueries:
    @strawberry.field(
        description="Absences of a person, own ones by default, latest first; for the person and who may arrange them. 离岗登记列表。"
    )
    async def absences(
        self, info: Info, person: strawberry.ID | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Absence]:
        context = info.context
        whose = person or context.viewer.person
        seen = may_arrange(context.directory, context.viewer, whose)
        now = context.store.clock()
        return await page(
            context.store.mongo,
            ABSENCES.collection.name,
            {"person": whose if seen else ""},
            lambda row: Absence.of(ABSENCES.from_document(row), now),
            first=first,
            after=after,
            order_by="since",
        )

    @strawberry.field(
        description="Posts that nobody answers for, now or soon, soonest first; for the area's staff and the operator. 岗位空缺。"
    )
    async def roster_gaps(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RosterGap]:
        return await page(
            info.context.store.mongo,
            GAPS.collection.name,
            gap_list(info.context.viewer),
            lambda row: RosterGap.of(GAPS.from_document(row)),
            first=first,
            after=after,
            order_by="since",
            descending=False,
        )
