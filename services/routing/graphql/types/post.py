"""Posts and who holds them. Visible to every authenticated caller; names of people to staff only."""

from typing import Self

import strawberry
import strawberry.federation

from services.routing.access import is_staff
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.model.organisation import Post as ModelPost
from services.routing.model.organisation import PostLevel

strawberry.enum(PostLevel, name="PostLevel", description="The rung of the ladder a post answers on. 岗位层级。")


@strawberry.type(description="A person who holds a post. 任职人员。")
class PostHolder:
    id: strawberry.ID
    name: str


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

    @strawberry.field(description="Role A, the primary holder; staff only. A角,仅工作人员可见。")
    def role_a(self, info: Info) -> PostHolder | None:
        return _holder(info.context, self._post.role_a)

    @strawberry.field(description="Role B, the deputy; staff only. B角,仅工作人员可见。")
    def role_b(self, info: Info) -> PostHolder | None:
        return _holder(info.context, self._post.role_b)

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


def _holder(context: Context, person_id: str | None) -> PostHolder | None:
    person = context.directory.people.get(person_id) if person_id else None
    if person is None or not is_staff(context.viewer):
        return None
    return PostHolder(id=strawberry.ID(person.id), name=person.name)
