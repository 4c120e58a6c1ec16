"""Steps of departments on an order."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.model.order import department_step as model
from services.routing.model.rules.policy import DepartmentStepKind

strawberry.enum(DepartmentStepKind, name="DepartmentStepKind", description="What a department does. 部门环节类型。")


@strawberry.type(description="A step in a department's own system, timed here. 部门业务环节。")
class DepartmentStep:
    id: strawberry.ID
    kind: DepartmentStepKind
    name: str
    reference: str = strawberry.field(description="Its number in the department's system. 部门系统编号。")
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime | None = strawberry.field(description="When it is expected to end. 预计结束时间。")
    late: bool
    _step: strawberry.Private[model.DepartmentStep]

    @strawberry.field(description="Whose step it is. 部门。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._step.unit)

    @classmethod
    def of(cls, step: model.DepartmentStep) -> Self:
        """The step as GraphQL shows it."""
        return cls(
            id=strawberry.ID(step.id),
            kind=step.kind,
            name=step.name,
            reference=step.reference,
            started_at=step.started_at,
            ended_at=step.ended_at,
            due_at=step.due_at,
            late=step.late,
            _step=step,
        )
