"""Events of community assets."""

from datetime import datetime

from services.chassis.events import EventData


class AssetRegistered(EventData, frozen=True, kw_only=True):
    type = "huying.routing.asset.registered.v1"
    asset_id: str
    code: str
    kind: str
    owner_unit: str
    area_path: list[str]
    inspection_due_at: datetime | None


class AssetCorrected(EventData, frozen=True, kw_only=True):
    """What the register says of it has changed."""

    type = "huying.routing.asset.corrected.v1"
    asset_id: str
    code: str
    kind: str
    owner_unit: str
    area_path: list[str]
    inspection_due_at: datetime | None


class AssetInspected(EventData, frozen=True, kw_only=True):
    type = "huying.routing.asset.inspected.v1"
    asset_id: str
    sound: bool
    inspection_due_at: datetime | None


class AssetInspectionOverdue(EventData, frozen=True, kw_only=True):
    type = "huying.routing.asset.inspection_overdue.v1"
    asset_id: str
    owner_unit: str
    area_path: list[str]
    inspection_due_at: datetime


class AssetReportAttached(EventData, frozen=True, kw_only=True):
    """A report is about this asset; `instead_of` names the asset it was attached to before."""

    type = "huying.routing.asset.report_attached.v1"
    asset_id: str
    report_id: str
    instead_of: str | None


class AssetRetired(EventData, frozen=True, kw_only=True):
    type = "huying.routing.asset.retired.v1"
    asset_id: str


class AssetsImported(EventData, frozen=True, kw_only=True):
    """A file was taken over into the register."""

    type = "huying.routing.asset_import.applied.v1"
    import_id: str
    added: int
    corrected: int
    unchanged: int
