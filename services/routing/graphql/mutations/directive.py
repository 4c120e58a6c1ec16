"""What every kind of directive shares: the payload, the heading of a draft, issuing, closing."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.directive import Directive
from services.routing.graphql.types.directive_kinds import show
from services.routing.handlers.directive import directive as handlers
from services.routing.handlers.directive.directive_order import open_directive_order
from services.routing.model.directive import directive as model


@strawberry.type
class DirectivePayload:
    """The directive as it is now, null when refused. 指令,被拒绝时为空。"""

    directive: Directive | None
    errors: list[UserError]


@strawberry.input(description="What any draft says. 指令草拟要素。")
class DirectiveHeadingInput:
    title: str
    text: str
    area_id: strawberry.ID = strawberry.field(description="Where it holds; in the caller's area. 适用区域。")
    posts: list[strawberry.ID] = strawberry.field(description="The posts it is addressed to. 受令岗位。")

    def read(self) -> handlers.Heading:
        """The same for the handlers."""
        return handlers.Heading(
            title=self.title,
            text=self.text,
            area_id=self.area_id,
            post_ids=tuple(self.posts),
        )


@strawberry.input
class IssueDirectiveInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID


@strawberry.input
class CloseDirectiveInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID


@strawberry.input
class OpenDirectiveOrderInput:
    idempotency_key: str = strawberry.field(description=KEY)
    directive_id: strawberry.ID
    subject_id: strawberry.ID = strawberry.field(description="The part or follow-up. 分项或后续任务。")
    post_id: strawberry.ID = strawberry.field(description="The post that shall lead the order. 牵头岗位。")
    task: str


@strawberry.type
class DirectiveMutations:
    @strawberry.mutation(
        description="Have a post do some of a part or follow-up; for its unit and the centre. 转派工单。"
    )
    async def open_directive_order(
        self, info: Info, given: Annotated[OpenDirectiveOrderInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        doing = open_directive_order(
            *(c.store, c.directory, c.viewer, given.idempotency_key, given.directive_id),
            *(given.subject_id, given.post_id, given.task),
        )
        return await directive_payload(info, doing)

    @strawberry.mutation(description="It binds from now on; for the centre. 下达指令。")
    async def issue_directive(
        self, info: Info, given: Annotated[IssueDirectiveInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        return await directive_payload(
            info, handlers.issue_directive(c.store, c.viewer, given.idempotency_key, given.directive_id)
        )

    @strawberry.mutation(
        description="File an accepted task, or an item whose follow-ups are done; for the centre. 办结指令。"
    )
    async def close_directive(
        self, info: Info, given: Annotated[CloseDirectiveInput, strawberry.argument(name="input")]
    ) -> DirectivePayload:
        c = info.context
        return await directive_payload(
            info, handlers.close_directive(c.store, c.viewer, given.idempotency_key, given.directive_id)
        )


async def directive_payload(info: Info, doing: Awaitable[model.Directive]) -> DirectivePayload:
    """What a command on a directive led to."""
    directive, errors = await outcome(info, doing)
    return DirectivePayload(directive=show(directive) if directive else None, errors=errors)
