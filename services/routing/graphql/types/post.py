"""Posts and who holds them. Visible to every authenticated caller; names of people to staff only."""

from datetime import datetime
from typing import Self

import strawberry
import strawberry.federation

from services.routing.access.staff import is_staff
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area
from services.routing.graphql.types.level import PostLevel
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.model.organisation.organisation import Post as ModelPost
from services.routing.model.organisation.organisation import TeamRole
from services.routing.model.organisation.staffing import HolderRole, Holding

strawberry.enum(HolderRole, name="HolderRole", description="In what role somebody answers for a post. 履职角色。")
strawberry.enum(TeamRole, name="TeamRole", description="What a post is in its grid's or building's team. 团队角色。")


@strawberry.type(description="A person who holds a post. 任职人员。")
class PostHolder:
    id: strawberry.ID
    name: str


@strawberry.type(description="Who answers for a post now. 当前履职人。")
class ActiveHolder:
    role: HolderRole
    _holding: strawberry.Private[Holding]

    @strawberry.field(description="The one person who answers. 履职人员。")
    def person(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._holding.person)

    @strawberry.field(description="Everybody asked in turn, from A; the last is present. 依次递补链,末位在岗。")
    def chain(self, info: Info) -> list[PostHolder]:
        found = (holder_of(info.context, person) for person in self._holding.chain)
        return [holder for holder in found if holder]


@strawberry.type(description="A stretch of time in which nobody answers for a post. 岗位空缺时段。")
class PostGap:
    since: datetime
    until: datetime


@strawberry.federation.type(keys=["id"], description="A post: work is addressed to posts, never to people. 岗位。")
class Post:
    id: strawberry.ID
    title: str
    title_en: str
    level: PostLevel
    competences: list[str] = strawberry.field(description="Category codes it is competent for. 职责类别。")
    _post: strawberry.Private[ModelPost]

    @strawberry.field(description="The unit it belongs to. 所属机构。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._post.unit_id)

    @strawberry.field(description="Where it is competent. 负责区域。")
    def areas(self, info: Info) -> list[Area]:
        areas = info.context.directory.areas
        return [Area.of(areas[area_id]) for area_id in self._post.area_ids if area_id in areas]

    @strawberry.field(description="What it is in its grid's or building's team. 网格团队或楼栋中的角色。")
    def team_role(self) -> TeamRole | None:
        return self._post.team_role

    @strawberry.field(description="Its telephone; staff only. 联系电话,仅工作人员可见。")
    def phone(self, info: Info) -> str | None:
        return self._post.phone if is_staff(info.context.viewer) else None

    @strawberry.field(description="Role A, the primary holder; staff only. A角,仅工作人员可见。")
    def role_a(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._post.role_a)

    @strawberry.field(description="Role B, the deputy; staff only. B角,仅工作人员可见。")
    def role_b(self, info: Info) -> PostHolder | None:
        return holder_of(info.context, self._post.role_b)

    @strawberry.field(
        description="Who answers now, A, B or a stand-in; null in a gap; staff only. 当前履职人,空缺时为空。"
    )
    def active_holder(self, info: Info) -> ActiveHolder | None:
        holding = info.context.directory.holder(self.id, info.context.store.clock())
        return ActiveHolder(role=holding.role, _holding=holding) if holding and is_staff(info.context.viewer) else None

    @strawberry.field(description="Its present or next time without anybody; staff only. 当前或下一次空缺。")
    def gap(self, info: Info) -> PostGap | None:
        vacancy = info.context.directory.staffing.vacancy(self.id, info.context.store.clock())
        return PostGap(since=vacancy.since, until=vacancy.until) if vacancy and is_staff(info.context.viewer) else None

    @classmethod
    def of(cls, post: ModelPost) -> Self:
        """The post as GraphQL shows it."""
        return cls(
            id=strawberry.ID(post.id),
            title=post.title,
            title_en=post.title_en,
            level=post.level,
            competences=list(post.competences),
            _post=post,
        )

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Post | None":
        return post_of(info.context, id)


def post_of(context: Context, post_id: str | None) -> Post | None:
    """The post with this id, None without one. Raises Unauthenticated."""
    context.require_caller()
    post = context.directory.posts.get(post_id) if post_id else None
    return Post.of(post) if post else None


def holder_of(context: Context, person_id: str | None) -> PostHolder | None:
    """A person by name, for staff; None to others and for an unknown one."""
    person = context.directory.people.get(person_id) if person_id else None
    if person is None or not is_staff(context.viewer):
        return None
    return PostHolder(id=strawberry.ID(person.id), name=person.name)
