"""Assets as a caller may see them, what is attached to them, and those near a point."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.routing.access.field import sees, visible
from services.routing.access.order import Sight
from services.routing.model.field.asset import Asset
from services.routing.model.organisation.point import Point
from services.routing.store.asset import ASSET_REPORTS, ASSETS
from services.routing.store.decision import DECISIONS
from services.routing.views.work_order import SeenOrder, decisions_of_reports, orders_of_reports

_NAME = ASSETS.collection.name
MAX_NEAR = 50
MAX_METRES = 20_000


def see(caller: Caller, asset: Asset) -> Asset | None:
    """The asset, None when the caller does not see it."""
    return asset if sees(caller, asset.area_path, units=(asset.owner_unit,)) else None


async def assets(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[Asset | None]:
    """Assets by id, in the order asked for."""
    rows = await mongo[_NAME].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see(caller, ASSETS.from_document(row)) for row in rows}
    return [found.get(asset_id) for asset_id in ids]


def asset_list(
    caller: Caller, *, kind: str | None = None, area: str | None = None, overdue_at: datetime | None = None
) -> Document:
    """The filter of a list: in use, seen by the caller, and what was asked for; `overdue_at` asks for what is overdue then."""
    asked: Document = {"retired_at": None}
    if kind is not None:
        asked["kind"] = kind
    if overdue_at is not None:
        asked["inspection_due_at"] = {"$lte": overdue_at}
    parts = [visible(caller, unit="owner_unit"), asked, {"area_path": area} if area else {}]
    return {"$and": [part for part in parts if part]}


async def in_order(mongo: Mongo, caller: Caller, *, kind: str, area: str, first: int) -> list[Asset]:
    """The first assets of a kind in an area that the caller sees, by code."""
    rows = mongo[_NAME].find(asset_list(caller, kind=kind, area=area)).sort([("code", ASCENDING), ("_id", ASCENDING)])
    return [ASSETS.from_document(row) for row in await rows.to_list(first)]


async def nearest(
    mongo: Mongo, caller: Caller, point: Point, *, kind: str | None, metres: int, first: int
) -> list[tuple[Asset, float]]:
    """Assets in use within `metres` of a point that the caller sees, nearest first, with the distance in metres."""
    stages: list[Document] = [
        {
            "$geoNear": {
                "near": {"type": "Point", "coordinates": [point.lon, point.lat]},
                "distanceField": "distance",
                "key": "place",
                "maxDistance": metres,
                "query": asset_list(caller, kind=kind),
            }
        },
        {"$limit": first},
    ]
    rows = await (await maybe_await(mongo[_NAME].aggregate(stages))).to_list(None)
    return [(ASSETS.from_document(row), row.pop("distance")) for row in rows]


async def assets_of_reports(mongo: Mongo, caller: Caller, report_ids: Sequence[str]) -> list[Asset | None]:
    """The asset each report is about, where the caller sees it."""
    links = await _links(mongo, caller, {"_id": {"$in": list(report_ids)}})
    asset_of = {link["_id"]: link["asset_id"] for link in links}
    found = dict(zip(asset_of, await assets(mongo, caller, list(asset_of.values())), strict=True))
    return [found.get(report_id) for report_id in report_ids]


async def reports_of_assets(mongo: Mongo, caller: Caller, asset_ids: Sequence[str]) -> list[list[str]]:
    """The reports attached to each asset that the caller may know of, by id, oldest first."""
    rows = await _links(mongo, caller, {"asset_id": {"$in": list(asset_ids)}})
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["_id"])):
        found[row["asset_id"]].append(row["_id"])
    return [found[asset_id] for asset_id in asset_ids]


async def open_orders_of_assets(mongo: Mongo, caller: Caller, asset_ids: Sequence[str]) -> list[list[SeenOrder]]:
    """The open orders about each asset that the caller sees in full, oldest first."""
    reports = await reports_of_assets(mongo, caller, asset_ids)
    every = [report_id for ids in reports for report_id in ids]
    orders = dict(zip(every, await orders_of_reports(mongo, caller, every), strict=True)) if every else {}
    return [
        [seen for report_id in ids for seen in orders[report_id] if seen.order.open and seen.sight is Sight.FULL]
        for ids in reports
    ]


async def _links(mongo: Mongo, caller: Caller, where: Document) -> list[Document]:
    """Which report is about which asset. Of a restricted or sealed report only who sees it, or an order of it, in full may know."""
    links = await mongo[ASSET_REPORTS.name].find(where).to_list(None)
    about = {
        "report.report_id": {"$in": [link["_id"] for link in links]},
        "report.sensitivity": {"$in": ["restricted", "sealed"]},
    }
    guarded: list[str] = await mongo[DECISIONS.collection.name].distinct("report.report_id", about) if links else []
    if not guarded:
        return links
    decisions = await decisions_of_reports(mongo, caller, guarded)
    orders = await orders_of_reports(mongo, caller, guarded)
    hidden = {
        report_id
        for report_id, decision, found in zip(guarded, decisions, orders, strict=True)
        if not any(seen.sight is Sight.FULL for seen in (decision, *found) if seen)
    }
    return [link for link in links if link["_id"] not in hidden]
