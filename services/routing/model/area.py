"""An area of the grid, with its outline. Each new definition is a new version of the area."""

from datetime import datetime
from typing import Any

import msgspec

from services.chassis.events import EventData
from services.routing.events.organisation import AreaDefined
from services.routing.model.organisation import AreaLevel, AreaRecord


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, WGS-84 degrees."""

    lon: float
    lat: float


class Area(msgspec.Struct, kw_only=True):
    """One node of district, street, community, grid, micro-grid (R-16)."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    level: AreaLevel
    name: str
    name_en: str
    parent_id: str | None
    path: tuple[str, ...]
    households: int | None
    population: int | None
    boundary: dict[str, Any]
    area_version: int = 0
    defined_at: datetime

    @classmethod
    def define(cls, record: AreaRecord, now: datetime) -> tuple["Area", list[EventData]]:
        """A new area and its first definition."""
        area = cls(**msgspec.structs.asdict(record), defined_at=now)
        return area, [area._announce()]

    def redefine(self, record: AreaRecord, now: datetime) -> list[EventData]:
        """Take over what `record` says. No event when it says nothing new."""
        values = msgspec.structs.asdict(record)
        if all(getattr(self, name) == value for name, value in values.items()):
            return []
        for name, value in values.items():
            setattr(self, name, value)
        self.defined_at = now
        return [self._announce()]

    def _announce(self) -> AreaDefined:
        self.area_version += 1
        return AreaDefined(
            area_id=self.id,
            level=self.level,
            name=self.name,
            name_en=self.name_en,
            parent_id=self.parent_id,
            path=list(self.path),
            households=self.households,
            boundary=self.boundary,
            area_version=self.area_version,
        )
