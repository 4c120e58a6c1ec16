"""The team of a grid, the leaders of a building, and the directory of units."""

from collections.abc import Sequence
from typing import Self

import strawberry

from services.routing.graphql.context import Context
from services.routing.graphql.types.org_unit import OrgUnit
from services.routing.graphql.types.post import Post
from services.routing.model.organisation.organisation import TeamRole
from services.routing.model.organisation.teams import CORE, GRID_ROLES


@strawberry.type(description="A post in a team. 团队成员岗位。")
class TeamMember:
    role: TeamRole
    post: Post


@strawberry.type(description="The team of a grid: three who decide, and police, lawyer and attendants. 网格决策团队。")
class DecisionTeam:
    members: list[TeamMember]
    missing: list[TeamRole] = strawberry.field(description="Of the deciding three, who is not named. 核心三人中缺员。")

    @classmethod
    def of(cls, context: Context, area_id: str) -> Self:
        """The team of a grid."""
        found = members(context, area_id, GRID_ROLES)
        named = {member.role for member in found}
        return cls(members=found, missing=[role for role in CORE if role not in named])


@strawberry.type(description="A unit and its posts that answer to what was asked for. 机构及符合条件的岗位。")
class DirectoryEntry:
    unit: OrgUnit
    posts: list[Post]


def members(context: Context, area_id: str, roles: Sequence[TeamRole]) -> list[TeamMember]:
    """The posts that fill `roles` for an area."""
    return [
        TeamMember(role=member.role, post=Post.of(member.post)) for member in context.directory.team(area_id, roles)
    ]
