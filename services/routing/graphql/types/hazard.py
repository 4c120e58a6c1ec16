"""Hazards, from finding to closure. For staff."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.evidence import OrderEvidence
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.model.field import hazard as model

if TYPE_CHECKING:
    from services.routing.graphql.types.work_order import WorkOrder

strawberry.enum(model.HazardState, name="HazardState", description="Where a hazard is. 隐患状态。")
strawberry.enum(model.Severity, name="HazardSeverity", description="How dangerous it is. 隐患等级。")


@strawberry.type(description="What was done about a hazard. 整改记录。")
class Rectification:
    at: datetime
    note: str
    evidence: list[OrderEvidence]


@strawberry.type(description="Somebody else looked whether it is done. 复查记录。")
class HazardRecheck:
    at: datetime
    passed: bool
    note: str
    evidence: list[OrderEvidence]


@strawberry.federation.type(keys=["id"], description="Something dangerous, until it is gone. 隐患。")
class Hazard:
    id: strawberry.ID
    number: str
    description: str
    severity: model.Severity
    state: model.HazardState
    found_at: datetime
    rectify_by: datetime = strawberry.field(description="When it is to be rectified. 整改时限。")
    due_at: datetime | None = strawberry.field(description="When the next act is owed. 当前时限。")
    overdue: bool
    evidence: list[OrderEvidence]
    rectifications: list[Rectification]
    rechecks: list[HazardRecheck]
    handed_over_because: str | None = strawberry.field(description="Why the street cannot rectify it. 移交理由。")
    closed_at: datetime | None
    _hazard: strawberry.Private[model.Hazard]

    @strawberry.field(description="Who must rectify it. 责任单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._hazard.unit)

    @strawberry.field(description="Where. 所在区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._hazard.area_id)

    @strawberry.field(description="The order that carries it, once handed over. 移交工单。")
    async def work_order(
        self, info: Info
    ) -> Annotated["WorkOrder", strawberry.lazy("services.routing.graphql.types.work_order")] | None:
        from services.routing.graphql.types.work_order import work_order_of

        return await work_order_of(info.context, self._hazard.work_order_id) if self._hazard.work_order_id else None

    @classmethod
    def of(cls, hazard: model.Hazard) -> Self:
        """The hazard as GraphQL shows it."""
        return cls(
            id=strawberry.ID(hazard.id),
            number=hazard.number,
            description=hazard.description,
            severity=hazard.severity,
            state=hazard.state,
            found_at=hazard.found_at,
            rectify_by=hazard.rectify_by,
            due_at=hazard.due_at,
            overdue=hazard.overdue_since is not None,
            evidence=[OrderEvidence.of(piece) for piece in hazard.evidence],
            rectifications=[
                Rectification(at=r.at, note=r.note, evidence=[OrderEvidence.of(piece) for piece in r.evidence])
                for r in hazard.rectifications
            ],
            rechecks=[
                HazardRecheck(
                    at=r.at, passed=r.passed, note=r.note, evidence=[OrderEvidence.of(piece) for piece in r.evidence]
                )
                for r in hazard.rechecks
            ],
            handed_over_because=hazard.handed_over_because,
            closed_at=hazard.closed_at,
            _hazard=hazard,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Hazard | None":
        return await hazard_of(info.context, id)


async def hazard_of(context: Context, hazard_id: str) -> Hazard | None:
    """The hazard with this id if the viewer sees it. Raises Unauthenticated."""
    hazard = await context.hazards.load(hazard_id)
    return Hazard.of(hazard) if hazard else None
