"""A point on the ground, as GeoJSON keeps it."""

from typing import Literal

import msgspec

from services.chassis.errors import InvalidInput


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84; `coordinates` are longitude, latitude (RFC 7946)."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]

    @classmethod
    def at(cls, lon: float, lat: float, path: tuple[str, ...] = ("lon", "lat")) -> "Point":
        """The point at these degrees. Raises InvalidInput when there is none."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise InvalidInput(path=path, reason="lon -180..180, lat -90..90")
        return cls(coordinates=(lon, lat))

    @property
    def lon(self) -> float:
        return self.coordinates[0]

    @property
    def lat(self) -> float:
        return self.coordinates[1]
