"""Organisational units. Visible to every authenticated caller."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
import strawberry.federation

from services.routing.access.staff import is_staff
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.statistics import Statistics, scoreboard
from services.routing.graphql.types.whistle import OrganRatings, WhistleRate, organ_ratings_of, whistle_rate_of
from services.routing.model.organisation.organisation import Unit, UnitKind

if TYPE_CHECKING:
    from services.routing.graphql.types.post import Post

strawberry.enum(UnitKind, name="OrgUnitKind", description="What sort of organisation a unit is. 机构类型。")


@strawberry.federation.type(keys=["id"], description="An organisation that answers for an area. 机构。")
class OrgUnit:
    id: strawberry.ID
    name: str
    name_en: str
    kind: UnitKind
    _unit: strawberry.Private[Unit]

    @strawberry.field(description="The area it answers for. 辖区。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._unit.area_id)

    @strawberry.field(description="The unit above it. 上级机构。")
    def parent(
        self, info: Info
    ) -> Annotated["OrgUnit", strawberry.lazy("services.routing.graphql.types.org_unit")] | None:
        return org_unit_of(info.context, self._unit.parent_id)

    @strawberry.field(description="The units below it: of a board its agencies. 下级机构,板块所含机构。")
    def children(
        self, info: Info
    ) -> list[Annotated["OrgUnit", strawberry.lazy("services.routing.graphql.types.org_unit")]]:
        units = info.context.directory.units.values()
        return [OrgUnit.of(unit) for unit in units if unit.parent_id == self.id]

    @strawberry.field(description="The board it belongs to, itself or above it. 所属板块。")
    def board(
        self, info: Info
    ) -> Annotated["OrgUnit", strawberry.lazy("services.routing.graphql.types.org_unit")] | None:
        above = info.context.directory.units_above(self._unit.id)
        return next((OrgUnit.of(unit) for unit in above if unit.kind is UnitKind.BOARD), None)

    @strawberry.field(description="The post that runs it. 负责人岗位。")
    def head(self, info: Info) -> Annotated["Post", strawberry.lazy("services.routing.graphql.types.post")] | None:
        from services.routing.graphql.types.post import post_of

        return post_of(info.context, self._unit.head_post_id)

    @strawberry.field(description="Its telephone; staff only. 联系电话,仅工作人员可见。")
    def phone(self, info: Info) -> str | None:
        return self._unit.phone if is_staff(info.context.viewer) else None

    @strawberry.field(description="Who answers round the clock; staff only. 值班电话,仅工作人员可见。")
    def duty_phone(self, info: Info) -> str | None:
        return self._unit.duty_phone if is_staff(info.context.viewer) else None

    @strawberry.field(
        description="How often it whistles and raises, in a period; for itself and the centre of its place. 吹哨率。"
    )
    async def whistle_rate(self, info: Info, since: datetime, until: datetime) -> WhistleRate | None:
        return await whistle_rate_of(info.context, self._unit, since, until)

    @strawberry.field(
        description="How calling organs rated it in calls closed in a period; for itself and the centre. 呼叫评价。"
    )
    async def organ_ratings(self, info: Info, since: datetime, until: datetime) -> OrganRatings | None:
        return await organ_ratings_of(info.context, self._unit, since, until)

    @strawberry.field(description="Its posts. 岗位。")
    def posts(self, info: Info) -> list[Annotated["Post", strawberry.lazy("services.routing.graphql.types.post")]]:
        from services.routing.graphql.types.post import Post

        return [Post.of(post) for post in info.context.directory.posts.values() if post.unit_id == self.id]

    @strawberry.field(description="Its figures over a period, side by side; staff. 单位成绩单,仅工作人员可见。")
    async def scoreboard(self, info: Info, since: datetime, until: datetime) -> Statistics:
        return await scoreboard(info.context, self.id, since, until)

    @classmethod
    def of(cls, unit: Unit) -> Self:
        """The unit as GraphQL shows it."""
        return cls(id=strawberry.ID(unit.id), name=unit.name, name_en=unit.name_en, kind=unit.kind, _unit=unit)

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "OrgUnit | None":
        return org_unit_of(info.context, id)


def org_unit_of(context: Context, unit_id: str | None) -> OrgUnit | None:
    """The unit with this id, None without one. Raises Unauthenticated."""
    context.require_caller()
    unit = context.directory.units.get(unit_id) if unit_id else None
    return OrgUnit.of(unit) if unit else None
