"""Directives: an interface, and a type for each of the three kinds."""

from datetime import datetime
from typing import Any, Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.supervision import Supervision, supervisions_about
from services.routing.model.directive import directive as model

strawberry.enum(model.DirectiveKind, name="DirectiveKind", description="Which of the three. 指令类型。")
strawberry.enum(model.DirectiveState, name="DirectiveState", description="Where in its life it is. 指令状态。")


@strawberry.type(description="A post the directive is addressed to. 受令岗位。")
class DirectiveAddressee:
    acknowledged_at: datetime | None = strawberry.field(description="When it acknowledged, key tasks. 签收时间。")
    _addressee: strawberry.Private[model.Addressee]

    @strawberry.field(description="The post. 岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._addressee.post)

    @strawberry.field(description="Its unit. 单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._addressee.unit)

    @classmethod
    def of(cls, addressee: model.Addressee) -> Self:
        """The addressee as GraphQL shows it."""
        return cls(acknowledged_at=addressee.acknowledged_at, _addressee=addressee)


@strawberry.federation.interface(description="An order from above: key task, first agenda item or red line. 令行禁止。")
class Directive:
    id: strawberry.ID
    number: str = strawberry.field(description="A number to read aloud. 编号。")
    kind: model.DirectiveKind
    state: model.DirectiveState
    title: str
    text: str
    drafted_at: datetime
    issued_at: datetime | None
    due_at: datetime | None = strawberry.field(description="Deadline of the whole. 总时限。")
    overdue_level: int = strawberry.field(
        description="The level of supervision a missed deadline has climbed to, 0 before. 逾期督办级别。"
    )
    closed_at: datetime | None
    addressees: list[DirectiveAddressee]
    _directive: strawberry.Private[model.Directive]

    @strawberry.field(description="Where it holds. 适用区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._directive.area_id)

    @strawberry.field(description="The post that issues it. 下达岗位。")
    def issuer_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._directive.issuer_post)

    @strawberry.field(description="The unit that issues it. 下达单位。")
    def issuer_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._directive.issuer_unit)

    @strawberry.field(description="Supervisions about it and its parts, oldest first. 督办记录。")
    async def supervisions(self, info: Info) -> list[Supervision]:
        return await supervisions_about(info.context, self.id)


def heading(directive: model.Directive) -> dict[str, Any]:
    """The fields every kind shares, for the constructor of its type."""
    return {
        "id": strawberry.ID(directive.id),
        "number": directive.number,
        "kind": directive.KIND,
        "state": directive.state,
        "title": directive.title,
        "text": directive.text,
        "drafted_at": directive.drafted_at,
        "issued_at": directive.issued_at,
        "due_at": directive.due_at,
        "overdue_level": directive.supervised,
        "closed_at": directive.closed_at,
        "addressees": [DirectiveAddressee.of(addressee) for addressee in directive.addressees],
        "_directive": directive,
    }
