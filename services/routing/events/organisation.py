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


class AreaRetired(EventData, frozen=True, kw_only=True):
    """Nothing new falls into this area; what lies in it stays."""

    type = "huying.routing.area.retired.v1"
    area_id: str
    area_version: int


class OrganisationImported(EventData, frozen=True, kw_only=True):
    """A file of the organisation was brought into force; how many records and open orders that changed."""

    type = "huying.routing.organisation.imported.v1"
    import_id: str
    added: int
    changed: int
    retired: int
    orders_moved: int
    orders_handed_over: int
