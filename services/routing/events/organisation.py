"""Events of areas and the organisation."""

from typing import Any

from services.chassis.events import EventData


class AreaDefined(EventData, frozen=True, kw_only=True):
    type = "huying.routing.area.defined.v1"
    area_id: str
    level: str
    name: str
    name_en: str
    parent_id: str | None
    path: list[str]
    households: int | None
    boundary: dict[str, Any]
    area_version: int
