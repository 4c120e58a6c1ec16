"""Who answers on a rung: the post of a level that is competent for a matter in its place (R-01). Pure lookups in the directory."""

from collections.abc import Sequence

from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post, PostLevel

# From the lowest rung to the highest; the leaders of the district answer on the last.
RUNGS: tuple[PostLevel, ...] = (
    PostLevel.GRID,
    PostLevel.COMMUNITY,
    PostLevel.STREET,
    PostLevel.DEPARTMENT,
    PostLevel.DISTRICT,
)


def height(level: PostLevel) -> int:
    """How high a rung is; the lowest is 0."""
    return RUNGS.index(level)


def next_above(level: PostLevel, by: int = 1) -> PostLevel:
    """The rung `by` above, the highest at most."""
    return RUNGS[min(height(level) + by, len(RUNGS) - 1)]


def post_on(
    directory: Directory, level: PostLevel, area_path: Sequence[str], category_path: Sequence[str] = ()
) -> Post | None:
    """The post that answers on this rung for a matter: of those for its place the one closest in competence, then in area.

    A post that the policy names for the rung in the present mode stands in its place: the chain of command follows the mode (R-30).
    A department answers only for what it is competent for; without one the centre of the district answers in its stead.
    None when nobody answers on this rung here.
    """
    if commander := directory.commander(level, area_path):
        return commander
    ranked: list[tuple[int, int, bool, str]] = []
    for post in directory.posts_by_level.get(level, ()):
        area = _deepest(area_path, post.area_ids)
        competence = _deepest(category_path, post.competences)
        if area < 0 or (level is PostLevel.DEPARTMENT and competence < 0):
            continue
        ranked.append((-competence, -area, post.id not in directory.centre_posts, post.id))
    if ranked:
        return directory.posts[min(ranked)[-1]]
    return centre_post(directory, area_path[:1]) if level is PostLevel.DEPARTMENT else None


def centre_post(directory: Directory, area_path: Sequence[str]) -> Post | None:
    """The post of the command centre closest to a place, None without one."""
    return next(iter(centre_posts(directory, area_path)), None)


def centre_posts(directory: Directory, area_path: Sequence[str]) -> list[Post]:
    """The posts of the command centres that cover a place, the closest first."""
    ranked = [
        (-area, post.id)
        for post in directory.centre_posts.values()
        if (area := _deepest(area_path, post.area_ids)) >= 0
    ]
    return [directory.posts[post_id] for _, post_id in sorted(ranked)]


def _deepest(path: Sequence[str], named: Sequence[str]) -> int:
    """The position of the last element of `path` that is in `named`, -1 without one."""
    return max((index for index, item in enumerate(path) if item in named), default=-1)
