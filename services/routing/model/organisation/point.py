"""A point on the map. In a module of its own, because nearly every subject has a place."""

import msgspec

from services.chassis.errors import InvalidInput


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, WGS-84 degrees."""

    lon: float
    lat: float

    @property
    def exists(self) -> bool:
        """Whether there is such a place on Earth."""
        return -180 <= self.lon <= 180 and -90 <= self.lat <= 90

    @classmethod
    def at(cls, lon: float, lat: float) -> "Point":
        """The point at these degrees. Raises InvalidInput when there is none."""
        point = cls(lon=lon, lat=lat)
        if not point.exists:
            raise InvalidInput(path=("lon", "lat"), reason="lon -180..180, lat -90..90")
        return point
