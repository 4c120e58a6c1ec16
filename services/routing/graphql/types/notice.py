"""Notices: what a post is told on its screen."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.ladder import notice as model

strawberry.enum(model.NoticeKind, name="NoticeKind", description="What a post is told. 提醒类型。")


@strawberry.type(description="What a post is told. 提醒。")
class Notice:
    id: strawberry.ID
    kind: model.NoticeKind
    at: datetime
    subject_kind: str = strawberry.field(
        description="`order`, `call`, `summons`, `directive`, `directive_part` or `case`. 对象类型。"
    )
    subject_id: strawberry.ID
    subject_number: str
    read_at: datetime | None
    _notice: strawberry.Private[model.Notice]

    @strawberry.field(description="The post it is for. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._notice.post)

    @classmethod
    def of(cls, notice: model.Notice) -> Self:
        """The notice as GraphQL shows it."""
        return cls(
            id=strawberry.ID(notice.id),
            kind=notice.kind,
            at=notice.at,
            subject_kind=notice.subject_kind,
            subject_id=strawberry.ID(notice.subject_id),
            subject_number=notice.number,
            read_at=notice.read_at,
            _notice=notice,
        )
