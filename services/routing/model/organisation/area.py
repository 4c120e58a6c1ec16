"""An area of the grid, with its outline. Each new definition is a new version of the area."""

from datetime import datetime
from typing import Any

import msgspec

from services.chassis.events import EventData
from services.routing.events.organisation import AreaDefined, AreaRetired
from services.routing.model.organisation.organisation import AreaLevel, AreaRecord


class Area(msgspec.Struct, kw_only=True):
    """One node of district, street, community, grid, micro-grid, building (R-16). A retired one still resolves for old matters."""

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
    retired_at: datetime | None = None

    @classmethod
    def define(cls, record: AreaRecord, now: datetime) -> tuple["Area", list[EventData]]:
        """A new area and its first definition."""
        area = cls(**msgspec.structs.asdict(record), defined_at=now)
        return area, [area._announce()]

    def redefine(self, record: AreaRecord, now: datetime) -> list[EventData]:
        """Take over what `record` says. No event when it says nothing new."""
        values = msgspec.structs.asdict(record)
        if self.retired_at is None and all(getattr(self, name) == value for name, value in values.items()):
            return []
        for name, value in values.items():
            setattr(self, name, value)
        self.defined_at, self.retired_at = now, None
        return [self._announce()]

    def retire(self, now: datetime) -> list[EventData]:
        """It is no more: nothing new falls into it. No event when it is retired already."""
        if self.retired_at:
            return []
        self.area_version += 1
        self.defined_at = self.retired_at = now
        return [AreaRetired(area_id=self.id, area_version=self.area_version)]

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
