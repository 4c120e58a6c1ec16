"""A point on the map. In a module of its own, because nearly every subject has a place."""

import msgspec

from services.chassis.errors import InvalidInput


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, WGS-84 degrees."""

    lon: float
    lat: float

    @classmethod
    def at(cls, lon: float, lat: float) -> "Point":
        """The point at these degrees. Raises InvalidInput when there is none."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InvalidInput(path=("lon", "lat"), reason="lon -180..180, lat -90..90")
        return cls(lon=lon, lat=lat)
