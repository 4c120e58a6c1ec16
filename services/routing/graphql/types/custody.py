"""Chains of custody. For the posts in them and the centre of the place."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.order import custody as model
from services.routing.views.custody import SeenCustody

strawberry.enum(model.CustodySubject, name="CustodySubject", description="Who or what. 交接对象。")
strawberry.enum(model.CustodyState, name="CustodyState", description="Where a chain is. 交接链状态。")


@strawberry.type(description="A hand-over that both have signed. 交接记录。")
class HandOver:
    offered_at: datetime
    accepted_at: datetime
    note: str | None
    _turn: strawberry.Private[model.HandOver]

    @strawberry.field(description="Who handed over. 移交岗位。")
    def from_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._turn.from_post)

    @strawberry.field(description="Who took over. 接收岗位。")
    def to_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._turn.to_post)


@strawberry.type(description="A person or thing that passes from post to post. 交接链。")
class Custody:
    id: strawberry.ID
    subject: model.CustodySubject
    state: model.CustodyState
    reference: str | None = strawberry.field(description="Its number elsewhere; who has it in hand. 登记编号。")
    description: str | None = strawberry.field(description="For who has it in hand. 说明。")
    begun_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    hand_overs: list[HandOver]
    _custody: strawberry.Private[model.Custody]

    @strawberry.field(description="Who holds it now. 现保管岗位。")
    def holder_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._custody.holder_post)

    @strawberry.field(description="Whom it is offered to. 待接收岗位。")
    def offered_to(self, info: Info) -> Post | None:
        return post_of(info.context, self._custody.offer.to_post) if self._custody.offer else None

    @classmethod
    def of(cls, seen: SeenCustody) -> Self:
        """The chain as its viewer sees it."""
        custody, shown = seen.custody, seen.subject_shown
        return cls(
            id=strawberry.ID(custody.id),
            subject=custody.subject,
            state=custody.state,
            reference=custody.reference if shown else None,
            description=custody.description if shown else None,
            begun_at=custody.begun_at,
            closed_at=custody.closed_at,
            close_reason=custody.close_reason if shown else None,
            hand_overs=[
                HandOver(
                    offered_at=turn.offered_at,
                    accepted_at=turn.accepted_at,
                    note=turn.note if shown else None,
                    _turn=turn,
                )
                for turn in custody.hand_overs
            ],
            _custody=custody,
        )
