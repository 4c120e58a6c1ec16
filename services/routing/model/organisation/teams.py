"""Who belongs to a grid and to a building: posts, so that A/B roles hold for them too (R-17, R-25)."""

from collections.abc import Collection, Sequence

import msgspec

from services.routing.model.organisation.organisation import Post, TeamRole

# The core that decides: a leader of the street, a middle cadre, the community's head (seed 001).
CORE = (TeamRole.STREET_LEADER, TeamRole.MIDDLE_CADRE, TeamRole.COMMUNITY_HEAD)
GRID_ROLES = (*CORE, TeamRole.POLICE, TeamRole.LAWYER, TeamRole.ATTENDANT)
BUILDING_ROLES = (TeamRole.RESIDENT_BUILDING_LEADER, TeamRole.POSTED_BUILDING_LEADER)


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a team."""

    role: TeamRole
    post: Post


def team(posts: Collection[Post], area_path: Sequence[str], roles: Sequence[TeamRole]) -> list[Member]:
    """The posts that fill `roles` for an area: for each role those of the smallest area that holds it, in the order of the roles."""
    found: list[Member] = []
    by_role = {role: [post for post in posts if post.team_role is role] for role in roles}
    for role, named in by_role.items():
        nearest = max((_depth(post, area_path) for post in named), default=-1)
        found += [Member(role=role, post=post) for post in named if _depth(post, area_path) == nearest >= 0]
    return found


def _depth(post: Post, area_path: Sequence[str]) -> int:
    return max((area_path.index(area) for area in post.area_ids if area in area_path), default=-1)
