"""Rulings as they are shown."""

from datetime import datetime
from typing import Self

import strawberry
import strawberry.federation

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.rules import ruling as model


@strawberry.federation.type(keys=["id"], description="The centre's word on whose a matter is. 裁定。")
class Ruling:
    id: strawberry.ID
    order_number: str
    question: str
    facts: str
    basis: str
    ruled_at: datetime
    standing: bool = strawberry.field(description="A precedent that routing consults. 现行先例。")
    category: strawberry.ID | None = strawberry.field(description="To matters of which category it applies. 适用类别。")
    valid_to: datetime | None
    revoked_at: datetime | None
    revoked_reason: str | None
    _ruling: strawberry.Private[model.Ruling]

    @strawberry.field(description="Whose it is. 裁定承办岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._ruling.post)

    @strawberry.field(description="Units that were heard. 听取意见的单位。")
    def units_heard(self, info: Info) -> list[OrgUnit]:
        units = (org_unit_of(info.context, unit) for unit in self._ruling.units_heard)
        return [unit for unit in units if unit]

    @strawberry.field(description="Units that were invited and said nothing. 受邀未陈述的单位。")
    def units_not_heard(self, info: Info) -> list[OrgUnit]:
        units = (org_unit_of(info.context, unit) for unit in self._ruling.units_not_heard)
        return [unit for unit in units if unit]

    @strawberry.field(description="Where it applies. 适用区域。")
    def area(self, info: Info) -> Area | None:
        scope = self._ruling.scope
        return area_of(info.context, scope.area_id) if scope and scope.area_id else None

    @classmethod
    def of(cls, ruling: model.Ruling) -> Self:
        """The ruling as staff see it."""
        scope = ruling.scope
        return cls(
            id=strawberry.ID(ruling.id),
            order_number=ruling.order_number,
            question=ruling.question,
            facts=ruling.facts,
            basis=ruling.basis,
            ruled_at=ruling.ruled_at,
            standing=ruling.standing,
            category=strawberry.ID(scope.category) if scope and scope.category else None,
            valid_to=scope.valid_to if scope else None,
            revoked_at=ruling.revoked_at,
            revoked_reason=ruling.revoked_reason,
            _ruling=ruling,
        )

    @classmethod
    async def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Ruling | None":
        return await ruling_of(info, id)


async def ruling_of(info: Info, ruling_id: str) -> Ruling | None:
    """The ruling with this id if the viewer sees it."""
    found = await info.context.rulings.load(ruling_id)
    return Ruling.of(found) if found else None
