"""A point on the map. In a module of its own, because nearly every subject has a place."""

import msgspec


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, WGS-84 degrees."""

    lon: float
    lat: float
