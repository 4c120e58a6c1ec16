"""Directives, supervisions, and lists of them."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.graphql.context import Info
from services.routing.graphql.types.directive import Directive
from services.routing.graphql.types.directive_kinds import directive_of, show
from services.routing.graphql.types.supervision import Supervision, supervision_of
from services.routing.model.directive.directive import DirectiveKind, DirectiveState
from services.routing.model.directive.supervision import SupervisionLevel, SupervisionState
from services.routing.store.directive import DIRECTIVES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.views import directive as views


@strawberry.input(description="Which directives. 指令筛选。")
class DirectiveFilter:
    kind: DirectiveKind | None = None
    state: DirectiveState | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    unit: strawberry.ID | None = strawberry.field(default=None, description="Addressed to this unit. 受令单位。")
    overdue: bool | None = strawberry.field(default=None, description="Whether its deadline was missed. 是否逾期。")
    livelihood_project: bool | None = strawberry.field(default=None, description="Whether it is one. 民生实事。")


@strawberry.input(description="Which supervisions. 督办筛选。")
class SupervisionFilter:
    state: SupervisionState | None = None
    level: SupervisionLevel | None = None
    area: strawberry.ID | None = strawberry.field(default=None, description="In this area or below it. 区域及其下级。")
    unit: strawberry.ID | None = strawberry.field(default=None, description="Of this unit. 被督办单位。")


@strawberry.type
class DirectiveQueries:
    @strawberry.field(description="A directive, null if there is none the caller may see. 指令。")
    async def directive(self, info: Info, id: strawberry.ID) -> Directive | None:
        return await directive_of(info.context, id)

    @strawberry.field(description="Directives the caller may see, newest first. 指令列表。")
    async def directives(
        self,
        info: Info,
        filter: DirectiveFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Directive]:
        asked = filter or DirectiveFilter()
        where = views.directive_list(
            info.context.viewer,
            kind=asked.kind,
            state=asked.state,
            area=asked.area,
            unit=asked.unit,
            overdue=asked.overdue,
            project=asked.livelihood_project,
        )
        return await page(
            *(info.context.store.mongo, DIRECTIVES.collection.name, where),
            lambda document: show(DIRECTIVES.from_document(document)),
            first=first,
            after=after,
            order_by="drafted_at",
        )

    @strawberry.field(description="A supervision, null if there is none the caller may see. 督办。")
    async def supervision(self, info: Info, id: strawberry.ID) -> Supervision | None:
        return await supervision_of(info.context, id)

    @strawberry.field(description="Supervisions the caller may see, newest first. 督办列表。")
    async def supervisions(
        self,
        info: Info,
        filter: SupervisionFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Supervision]:
        asked = filter or SupervisionFilter()
        where = views.supervision_list(
            info.context.viewer, state=asked.state, level=asked.level, area=asked.area, unit=asked.unit
        )
        return await page(
            *(info.context.store.mongo, SUPERVISIONS.collection.name, where),
            lambda document: Supervision.of(SUPERVISIONS.from_document(document)),
            first=first,
            after=after,
            order_by="opened_at",
        )
