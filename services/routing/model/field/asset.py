"""A community asset: a thing with a place, an owner and inspections that fall due (R-41)."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from services.chassis.errors import InvalidInput
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.asset import AlreadyAttached, AssetRetired
from services.routing.events import asset as events
from services.routing.model.organisation.point import Point
from services.routing.model.texts import optional, required

MAX_PERIOD_DAYS = 3660
_KEPT_INSPECTIONS = 50


class AssetRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the register says of an asset. `code` is the owner's number; the catalogue of kinds is open (`lift`, `charging_pile` …)."""

    code: str
    kind: str
    name: str
    place: Point
    area_id: str
    area_path: tuple[str, ...]
    owner_unit: str
    inspect_every_days: int | None = None

    def checked(self) -> "AssetRecord":
        """The same, trimmed. Raises a Refusal that names the field."""
        days = self.inspect_every_days
        if days is not None and not 1 <= days <= MAX_PERIOD_DAYS:
            raise InvalidInput(path=("inspectEveryDays",), reason=f"1..{MAX_PERIOD_DAYS}")
        return msgspec.structs.replace(
            self,
            code=required(self.code, "code", "编号", ("code",)),
            kind=required(self.kind, "kind", "种类", ("kind",)),
            name=required(self.name, "name", "名称", ("name",)),
        )


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has looked whether it is sound."""

    at: datetime
    by: Actor
    sound: bool
    note: str | None


class Asset(msgspec.Struct, kw_only=True):
    """The aggregate. `inspection_due_at` is None for what is never inspected; `overdue_since` once that moment went by."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    code: str
    kind: str
    name: str
    place: Point
    area_id: str
    area_path: tuple[str, ...]
    owner_unit: str
    inspect_every_days: int | None
    registered_at: datetime
    inspections: list[Inspection] = msgspec.field(default_factory=list)
    inspection_due_at: datetime | None = None
    overdue_since: datetime | None = None
    next_step_at: datetime | None = None
    retired_at: datetime | None = None
    retire_reason: str | None = None

    @classmethod
    def register(cls, record: AssetRecord, now: datetime) -> tuple["Asset", list[EventData]]:
        """A new asset; its first inspection is due one period from now."""
        record = record.checked()
        asset = cls(id=new_id("asset"), registered_at=now, **msgspec.structs.asdict(record))
        asset._plan_from(now)
        return asset, [events.AssetRegistered(**asset._facts())]

    def correct(self, record: AssetRecord) -> list[EventData]:
        """Take over what `record` says. No event when it says nothing new."""
        self._allow()
        values = msgspec.structs.asdict(record.checked())
        if all(getattr(self, name) == value for name, value in values.items()):
            return []
        period = self.inspect_every_days
        for name, value in values.items():
            setattr(self, name, value)
        if period != self.inspect_every_days:
            self._plan_from(self.inspections[-1].at if self.inspections else self.registered_at)
        return [events.AssetCorrected(**self._facts())]

    def inspect(self, *, sound: bool, note: str | None, now: datetime, by: Actor) -> list[EventData]:
        """Record an inspection; the next is due one period later. The latest fifty are kept."""
        self._allow()
        self.inspections.append(Inspection(at=now, by=by, sound=sound, note=optional(note, ("note",))))
        del self.inspections[:-_KEPT_INSPECTIONS]
        self._plan_from(now)
        return [events.AssetInspected(asset_id=self.id, sound=sound, inspection_due_at=self.inspection_due_at)]

    def note_overdue(self, now: datetime) -> list[EventData]:
        """The timer's step. No event when no inspection is overdue, or that is known."""
        due = self.inspection_due_at
        if self.retired_at or due is None or now < due or self.overdue_since:
            return []
        self.overdue_since = due
        self.next_step_at = None
        return [
            events.AssetInspectionOverdue(
                asset_id=self.id, owner_unit=self.owner_unit, area_path=list(self.area_path), inspection_due_at=due
            )
        ]

    def attach_report(self, report_id: str, attached_to: str | None) -> list[EventData]:
        """A report is about this asset; `attached_to` is the asset it was attached to until now."""
        self._allow()
        if attached_to == self.id:
            raise AlreadyAttached(path=("assetId",))
        return [events.AssetReportAttached(asset_id=self.id, report_id=report_id, instead_of=attached_to)]

    def retire(self, reason: str, now: datetime) -> list[EventData]:
        """It is no longer there; what was attached to it stays attached."""
        self._allow()
        self.retire_reason = required(reason, "reason", "停用理由", ("reason",))
        self.retired_at = now
        self.next_step_at = None
        return [events.AssetRetired(asset_id=self.id)]

    def _allow(self) -> None:
        if self.retired_at:
            raise AssetRetired

    def _plan_from(self, moment: datetime) -> None:
        days = self.inspect_every_days
        self.inspection_due_at = self.next_step_at = moment + timedelta(days=days) if days else None
        self.overdue_since = None

    def _facts(self) -> dict[str, Any]:
        return {
            "asset_id": self.id,
            "code": self.code,
            "kind": self.kind,
            "owner_unit": self.owner_unit,
            "area_path": list(self.area_path),
            "inspection_due_at": self.inspection_due_at,
        }


class AssetImport(msgspec.Struct, kw_only=True):
    """A file that was taken over into the register: who, when, how many."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    at: datetime
    by: Actor
    added: int
    corrected: int
    unchanged: int

    def announced(self) -> events.AssetsImported:
        """The event of it."""
        return events.AssetsImported(
            import_id=self.id, added=self.added, corrected=self.corrected, unchanged=self.unchanged
        )
