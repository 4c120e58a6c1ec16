"""Commands on the register of assets: check the caller, load, one method of the model, save."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import NotFound, Refusal
from services.chassis.events import Actor, EventData
from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Command, Store, UnitOfWork
from services.routing.access.field import require_keeper, require_sight, require_worker, sees
from services.routing.access.order import Sight
from services.routing.errors.asset import AssetCodeTaken
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import area_of_place, known_unit
from services.routing.model.field.asset import Asset, AssetImport, AssetRecord
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.point import Point
from services.routing.rows import BadRow, RowFormat, Rows, read_rows
from services.routing.store.asset import ASSET_IMPORTS, ASSET_REPORTS, ASSETS
from services.routing.views.work_order import decisions_of_reports


class AssetGiven(msgspec.Struct, frozen=True, kw_only=True):
    """An asset as a person or a row of a file gives it; the area is found by the place unless it is named."""

    code: str
    kind: str
    name: str
    lon: float
    lat: float
    owner_unit: str
    area_id: str | None = None
    inspect_every_days: int | None = None


@dataclasses.dataclass(frozen=True)
class ImportOutcome:
    """What an import did, or would do. With a bad row nothing was done."""

    added: int
    corrected: int
    unchanged: int
    bad: Sequence[BadRow]


async def register_asset(store: Store, directory: Directory, caller: Caller, key: str, given: AssetGiven) -> Asset:
    """Add an asset. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Asset, Sequence[EventData]]:
        record = await _record(unit, directory, caller, given)
        if await unit.mongo[ASSETS.collection.name].find_one({"code": record.code}, {"_id": 1}):
            raise AssetCodeTaken(path=("code",), asset=record.code)
        return Asset.register(record, unit.now)

    return await create(store, ASSETS, caller, "registerAsset", key, [msgspec.to_builtins(given)], decide)


async def inspect_asset(
    store: Store, caller: Caller, key: str, asset_id: str, *, sound: bool, note: str | None
) -> Asset:
    """Record an inspection. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, asset: Asset) -> Sequence[EventData]:
        require_asset(caller, asset)
        return asset.inspect(sound=sound, note=note, now=unit.now, by=caller.actor)

    return await change(store, ASSETS, caller, "inspectAsset", key, asset_id, [sound, note], decide)


async def retire_asset(store: Store, caller: Caller, key: str, asset_id: str, reason: str) -> Asset:
    """Take an asset out of use. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, asset: Asset) -> Sequence[EventData]:
        require_asset(caller, asset)
        require_keeper(caller, asset.area_path)
        return asset.retire(reason, unit.now)

    return await change(store, ASSETS, caller, "retireAsset", key, asset_id, [reason], decide)


async def attach_report(store: Store, caller: Caller, key: str, asset_id: str, report_id: str) -> Asset:
    """Say that a report is about an asset; it leaves the asset it was attached to. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, asset: Asset) -> Sequence[EventData]:
        require_asset(caller, asset)
        require_worker(caller)
        (decision,) = await decisions_of_reports(unit.mongo, caller, [report_id])
        if decision is None or decision.sight is not Sight.FULL:
            raise NotFound(what="report", path=("reportId",))
        link = await unit.mongo[ASSET_REPORTS.name].find_one({"_id": report_id})
        events = asset.attach_report(report_id, link["asset_id"] if link else None)
        document = {"asset_id": asset.id, "attached_at": unit.now, "attached_by": msgspec.to_builtins(caller.actor)}
        unit.put(ASSET_REPORTS.name, {"_id": report_id, **document})
        return events

    return await change(store, ASSETS, caller, "attachReportToAsset", key, asset_id, [report_id], decide)


async def import_assets(
    store: Store, directory: Directory, caller: Caller, key: str, written: RowFormat, content: str, *, dry_run: bool
) -> ImportOutcome:
    """Bring the register in step with a list; assets are known by their code, and those not listed stay as they are.

    Raises Refusal, StoreError; of bad rows the outcome tells, and then nothing was changed.
    """
    require_worker(caller)
    rows = read_rows(written, content, AssetGiven)

    async def attempt(unit: UnitOfWork) -> tuple[AssetImport, Sequence[BadRow]]:
        staged = await _stage(unit, directory, caller, rows)
        made = _counted(staged.changes, unit.now, caller.actor)
        if not staged.bad and not dry_run:
            unit.add(ASSET_IMPORTS, made, [made.announced()])  # first, since the first event carries the key
            for asset, events in staged.changes:
                if asset.version == 0:
                    unit.add(ASSETS, asset, events)
                elif events:
                    unit.save(ASSETS, asset, events)
        return made, staged.bad

    async def replay(done_id: str) -> tuple[AssetImport, Sequence[BadRow]]:
        return await UnitOfWork(store, actor=caller.actor).get(ASSET_IMPORTS, done_id), []

    command = Command.of(caller.person, "importAssets", key, [written, content, dry_run])
    made, bad = await store.run(attempt, actor=caller.actor, command=command, replay=replay)
    return ImportOutcome(made.added, made.corrected, made.unchanged, bad)


async def note_overdue_inspection(store: Store, asset_id: str) -> None:
    """The timer's step: an inspection that nobody recorded in time is announced once."""

    async def attempt(unit: UnitOfWork) -> None:
        asset = await unit.get(ASSETS, asset_id)
        if events := asset.note_overdue(unit.now):
            unit.save(ASSETS, asset, events)

    await store.run(attempt)


def require_asset(caller: Caller, asset: Asset) -> None:
    """Raises NotFound for an asset the caller does not see."""
    require_sight(sees(caller, asset.area_path, units=(asset.owner_unit,)), ASSETS.what)


@dataclasses.dataclass
class _Staged:
    changes: list[tuple[Asset, Sequence[EventData]]]
    bad: list[BadRow]


async def _stage(unit: UnitOfWork, directory: Directory, caller: Caller, rows: Rows[AssetGiven]) -> _Staged:
    codes = [given.code.strip() for _, given in rows.good]
    found = unit.mongo[ASSETS.collection.name].find({"code": {"$in": codes}})
    known = {row["code"]: ASSETS.from_document(row) async for row in found}
    staged = _Staged([], list(rows.bad))
    listed: set[str] = set()
    for number, given in rows.good:
        try:
            record = await _record(unit, directory, caller, given)
            if record.code in listed:
                raise AssetCodeTaken(path=("code",), asset=record.code)
            listed.add(record.code)
            asset = known.get(record.code)
            if asset is None:
                staged.changes.append(Asset.register(record, unit.now))
            else:
                require_keeper(caller, asset.area_path)
                staged.changes.append((asset, asset.correct(record)))
        except Refusal as refusal:
            staged.bad.append(BadRow(number, refusal))
    staged.bad.sort(key=lambda row: row.number)
    return staged


def _counted(changes: Sequence[tuple[Asset, Sequence[EventData]]], now: datetime, by: Actor) -> AssetImport:
    added = sum(asset.version == 0 for asset, _ in changes)
    changed = sum(bool(events) for _, events in changes)
    return AssetImport(
        id=new_id("asset_import"),
        at=now,
        by=by,
        added=added,
        corrected=changed - added,
        unchanged=len(changes) - changed,
    )


async def _record(unit: UnitOfWork, directory: Directory, caller: Caller, given: AssetGiven) -> AssetRecord:
    point = Point.at(given.lon, given.lat)
    area = await area_of_place(unit.mongo, directory, caller, point, given.area_id)
    require_keeper(caller, area.path)
    record = AssetRecord(
        code=given.code,
        kind=given.kind,
        name=given.name,
        place=point,
        area_id=area.id,
        area_path=area.path,
        owner_unit=known_unit(directory, given.owner_unit, ("ownerUnit",)),
        inspect_every_days=given.inspect_every_days,
    )
    return record.checked()
