"""Which post stands above another in a place: who checks its work, who may give it more time."""

from collections.abc import Collection, Iterator

from services.routing.model.order.record import OrderRecord
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Post, PostLevel, UnitKind
from services.routing.model.rules.policy import Grade

RANKS = {level: rank for rank, level in enumerate(PostLevel)}
_AT_LEAST = {Grade.A: PostLevel.GRID, Grade.B: PostLevel.COMMUNITY}


def verifier_of(directory: Directory, order: OrderRecord) -> Post | None:
    """The post that is to check an order besides the centre (R-09): A the grid's head, B the community or street above the lead.
    C is the centre's alone; where the centre itself handled it, a leader or the centre above. None: the centre."""
    handling = {order.lead_unit, *order.units, *(child.unit for child in order.children)}
    lead = directory.units.get(order.lead_unit)
    if lead and lead.kind is UnitKind.CENTRE:
        return next(_posts(directory, order, handling, RANKS[_level(directory, order)]), None)
    if order.grade is Grade.C:
        return None
    at_least = RANKS[_AT_LEAST[order.grade]]
    own = RANKS[_level(directory, order)]
    # On the spot the grid's head looks at it also when the lead stands higher; else it is somebody above.
    from_rank = at_least if order.grade is Grade.A else max(at_least, own + 1)
    return next(_posts(directory, order, handling, from_rank), None)


def grantor_of(directory: Directory, order: OrderRecord, seconds: float) -> Post | None:
    """The lowest post above the lead whose rank may give so much more time; None: the centre."""
    own = RANKS[_level(directory, order)]
    limits = directory.policy.limits.extension_by_level
    for post in _posts(directory, order, {order.lead_unit}, own + 1):
        if post.level in limits and limits[post.level].total_seconds() >= seconds:
            return post
    return None


def _level(directory: Directory, order: OrderRecord) -> PostLevel:
    """The level of the lead; a post that is gone ranks lowest, so that anybody stands above it."""
    post = directory.posts.get(order.lead_post)
    return post.level if post else PostLevel.GRID


def _posts(directory: Directory, order: OrderRecord, without: Collection[str], from_rank: int) -> Iterator[Post]:
    """Posts for the order's place from a rank upwards, nearest rank first, centres first, smallest area first."""
    found = [
        (RANKS[post.level], directory.units[post.unit_id].kind is not UnitKind.CENTRE, -depth, post.id)
        for post in directory.posts.values()
        if RANKS[post.level] >= from_rank and post.unit_id not in without
        for depth, area_id in enumerate(order.area_path)
        if area_id in post.area_ids
    ]
    return (directory.posts[post_id] for *_, post_id in sorted(found))
