"""Input, payload and resolver of the mutations by which departments report their steps."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.department_step import DepartmentStep
from services.routing.handlers.order import department_step as handlers
from services.routing.model.order import department_step as model
from services.routing.model.rules.policy import DepartmentStepKind


@strawberry.type
class DepartmentStepPayload:
    """The step as it is now, null when refused. 部门环节,被拒绝时为空。"""

    step: DepartmentStep | None
    errors: list[UserError]


@strawberry.input
class StartDepartmentStepInput:
    idempotency_key: str = strawberry.field(description=KEY)
    work_order_id: strawberry.ID
    kind: DepartmentStepKind
    name: str
    reference: str = strawberry.field(description="Its number in the department's system. 部门系统编号。")
    started_at: datetime


@strawberry.input
class EndDepartmentStepInput:
    idempotency_key: str = strawberry.field(description=KEY)
    step_id: strawberry.ID
    ended_at: datetime


@strawberry.type
class DepartmentStepMutations:
    @strawberry.mutation(description="A step has begun; for the unit that handles the order. 上报环节开始。")
    async def start_department_step(
        self, info: Info, given: Annotated[StartDepartmentStepInput, strawberry.argument(name="input")]
    ) -> DepartmentStepPayload:
        c = info.context
        doing = handlers.start_step(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.work_order_id),
            *(given.kind, given.name, given.reference, given.started_at),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="It has ended; for the same. 上报环节结束。")
    async def end_department_step(
        self, info: Info, given: Annotated[EndDepartmentStepInput, strawberry.argument(name="input")]
    ) -> DepartmentStepPayload:
        c = info.context
        return await _payload(
            info, handlers.end_step(c.store, c.viewer, given.idempotency_key, given.step_id, given.ended_at)
        )


async def _payload(info: Info, doing: Awaitable[model.DepartmentStep]) -> DepartmentStepPayload:
    step, errors = await outcome(info, doing)
    return DepartmentStepPayload(step=DepartmentStep.of(step) if step else None, errors=errors)
