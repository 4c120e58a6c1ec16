"""What commands on field work look up: the area at a place, units, posts, and who works in an area."""

from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Mongo
from services.routing.errors.asset import PlaceOutsideAreas
from services.routing.errors.common import UnknownPost
from services.routing.errors.field import UnknownArea, UnknownUnit
from services.routing.model.organisation.directory import Directory, Place
from services.routing.model.organisation.organisation import Post, PostLevel
from services.routing.model.organisation.point import Point
from services.routing.views.area import area_at

# Who goes out: the post nearest to the ground first.
_FIELD_LEVELS = (PostLevel.GRID, PostLevel.COMMUNITY, PostLevel.STREET)


def known_area(directory: Directory, caller: Caller, area_id: str, path: Sequence[str] = ("areaId",)) -> Place:
    """The area, if the caller covers it. Raises UnknownArea."""
    place = directory.areas.get(area_id)
    if place is None or not caller.covers(list(place.path)):
        raise UnknownArea(path=path, area=area_id)
    return place


async def area_of_place(mongo: Mongo, directory: Directory, caller: Caller, point: Point, area_id: str | None) -> Place:
    """The area named, else the smallest one at the point; the caller covers it. Raises UnknownArea, PlaceOutsideAreas."""
    if area_id is not None:
        return known_area(directory, caller, area_id)
    place = directory.areas.get(await area_at(mongo, point.lon, point.lat) or "")
    if place is None or not caller.covers(list(place.path)):
        raise PlaceOutsideAreas(path=("lon", "lat"))
    return place


def known_unit(directory: Directory, unit_id: str, path: Sequence[str]) -> str:
    """The unit's id. Raises UnknownUnit."""
    if unit_id not in directory.units:
        raise UnknownUnit(path=path, unit=unit_id)
    return unit_id


def known_post(directory: Directory, post_id: str, path: Sequence[str] = ("postId",)) -> Post:
    """The post. Raises UnknownPost."""
    post = directory.posts.get(post_id)
    if post is None:
        raise UnknownPost(path=path, post=post_id)
    return post


def field_post(directory: Directory, area_path: Sequence[str]) -> Post | None:
    """Who goes out in an area: the post of grid, community or street whose own area holds it most closely; None without one."""
    found = [
        (-area_path.index(area_id), _FIELD_LEVELS.index(post.level), post.id)
        for post in directory.posts.values()
        if post.level in _FIELD_LEVELS
        for area_id in post.area_ids
        if area_id in area_path
    ]
    return directory.posts[min(found)[2]] if found else None
