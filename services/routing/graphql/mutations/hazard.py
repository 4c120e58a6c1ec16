"""Input, payload and resolver of each mutation on hazards."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.evidence import OrderEvidenceInput, evidence_of
from services.routing.graphql.types.hazard import Hazard
from services.routing.handlers.field import hazard as handlers
from services.routing.model.field import hazard as model
from services.routing.views.campaign import see_hazard


@strawberry.type
class HazardPayload:
    """The hazard as it is now, null when refused. 隐患,被拒绝时为空。"""

    hazard: Hazard | None
    errors: list[UserError]


@strawberry.input
class ReportHazardInput:
    idempotency_key: str = strawberry.field(description=KEY)
    description: str
    severity: model.Severity
    unit_id: strawberry.ID = strawberry.field(description="Who must rectify it. 责任单位。")
    due_at: datetime = strawberry.field(description="By when. 整改时限。")
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)
    task_id: strawberry.ID | None = strawberry.field(default=None, description="Found at this visit. 发现于任务。")
    asset_id: strawberry.ID | None = strawberry.field(default=None, description="Found at this asset. 所在设施。")
    area_id: strawberry.ID | None = strawberry.field(default=None, description="Else where it is. 所在区域。")


@strawberry.input
class StartRectificationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    hazard_id: strawberry.ID


@strawberry.input
class SubmitRectificationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    hazard_id: strawberry.ID
    note: str
    evidence: list[OrderEvidenceInput] = strawberry.field(description="Always needed. 必须提交凭证。")


@strawberry.input
class RecheckHazardInput:
    idempotency_key: str = strawberry.field(description=KEY)
    hazard_id: strawberry.ID
    passed: bool
    note: str = strawberry.field(default="", description="Needed when it is not done. 未通过时必填。")
    evidence: list[OrderEvidenceInput] = strawberry.field(default_factory=list)


@strawberry.input
class HandHazardOverInput:
    idempotency_key: str = strawberry.field(description=KEY)
    hazard_id: strawberry.ID
    reason: str = strawberry.field(description="Why the street cannot rectify it. 移交理由。")
    post_id: strawberry.ID = strawberry.field(description="Who is ordered to rectify it. 承办岗位。")


@strawberry.input
class CloseHazardInput:
    idempotency_key: str = strawberry.field(description=KEY)
    hazard_id: strawberry.ID


@strawberry.type
class HazardMutations:
    @strawberry.mutation(description="Report a hazard; for who works in the area. 登记隐患。")
    async def report_hazard(
        self, info: Info, given: Annotated[ReportHazardInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        found = handlers.HazardGiven(
            description=given.description,
            severity=given.severity,
            unit=given.unit_id,
            due_at=given.due_at,
            evidence=tuple(evidence_of(given.evidence)),
            task_id=given.task_id,
            asset_id=given.asset_id,
            area_id=given.area_id,
        )
        return await _payload(
            info, handlers.report_hazard(c.store, c.directory, c.viewer, given.idempotency_key, found)
        )

    @strawberry.mutation(description="Take it up; for the responsible unit. 开始整改。")
    async def start_rectification(
        self, info: Info, given: Annotated[StartRectificationInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        return await _payload(
            info, handlers.start_rectification(c.store, c.viewer, given.idempotency_key, given.hazard_id)
        )

    @strawberry.mutation(description="Hand in what was done; for the responsible unit. 提交整改。")
    async def submit_rectification(
        self, info: Info, given: Annotated[SubmitRectificationInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        doing = handlers.submit_rectification(
            *(c.store, c.viewer, given.idempotency_key, given.hazard_id),
            *(given.note, evidence_of(given.evidence)),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Say whether it is done; not for who rectified it. 复查。")
    async def recheck_hazard(
        self, info: Info, given: Annotated[RecheckHazardInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        doing = handlers.recheck_hazard(
            *(c.store, c.viewer, given.idempotency_key, given.hazard_id),
            passed=given.passed,
            note=given.note,
            evidence=evidence_of(given.evidence),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="The street cannot rectify it; for the centre. 移交工单办理。")
    async def hand_hazard_over(
        self, info: Info, given: Annotated[HandHazardOverInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        doing = handlers.hand_hazard_over(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.hazard_id),
            *(given.reason, given.post_id),
        )
        return await _payload(info, doing)

    @strawberry.mutation(description="Strike it off the list after the re-check; for the centre. 销号。")
    async def close_hazard(
        self, info: Info, given: Annotated[CloseHazardInput, strawberry.argument(name="input")]
    ) -> HazardPayload:
        c = info.context
        return await _payload(info, handlers.close_hazard(c.store, c.viewer, given.idempotency_key, given.hazard_id))


async def _payload(info: Info, doing: Awaitable[model.Hazard]) -> HazardPayload:
    hazard, errors = await outcome(info, doing)
    seen = see_hazard(info.context.viewer, hazard) if hazard else None
    return HazardPayload(hazard=Hazard.of(seen) if seen else None, errors=errors)
