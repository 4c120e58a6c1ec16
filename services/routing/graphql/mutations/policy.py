"""Drafting and activating policy versions."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from services.chassis.errors import InvalidInput
from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.policy import Policy
from services.routing.handlers.rules import policy as handlers
from services.routing.model.rules.policy_version import PolicyVersion


@strawberry.type
class PolicyPayload:
    """The policy version as it is now, null when refused. 政策版本,被拒绝时为空。"""

    policy: Policy | None
    errors: list[UserError]


@strawberry.input
class DraftPolicyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    policy: JSON = strawberry.field(description="The whole, as `Policy.content` gives it. 全部内容。")
    note: str | None = None


@strawberry.input
class ActivatePolicyInput:
    idempotency_key: str = strawberry.field(description=KEY)
    policy_id: strawberry.ID
    reason: str


@strawberry.type
class PolicyMutations:
    @strawberry.mutation(description="Keep a whole policy as a draft; for the district's centre. 起草政策。")
    async def draft_policy(
        self, info: Info, given: Annotated[DraftPolicyInput, strawberry.argument(name="input")]
    ) -> PolicyPayload:
        c = info.context

        async def doing() -> PolicyVersion:
            if not isinstance(given.policy, dict):
                raise InvalidInput(path=("policy",), reason="an object")
            return await handlers.draft_policy(
                *(c.store, c.live_directory, c.viewer, given.idempotency_key), given.policy, given.note
            )

        return await _payload(info, doing())

    @strawberry.mutation(
        description="What begins from now on follows this policy; for the district's centre. 施行政策。"
    )
    async def activate_policy(
        self, info: Info, given: Annotated[ActivatePolicyInput, strawberry.argument(name="input")]
    ) -> PolicyPayload:
        c = info.context
        doing = handlers.activate_policy(
            *(c.store, c.live_directory, c.viewer, given.idempotency_key), given.policy_id, given.reason
        )
        return await _payload(info, doing)


async def _payload(info: Info, doing: Awaitable[PolicyVersion]) -> PolicyPayload:
    one, errors = await outcome(info, doing)
    return PolicyPayload(policy=Policy.of(one) if one else None, errors=errors)
