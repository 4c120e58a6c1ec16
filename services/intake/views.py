"""Reads for queries and loaders, filtered by what the caller may see; and the reads that fill the memory of areas and categories."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo, maybe_await
from services.intake.model.areas import Area
from services.intake.model.category import Category
from services.intake.model.report import Report
from services.intake.model.timeline import Entry, first_break
from services.intake.model.values import State, Urgency
from services.intake.model.visibility import keys, may_see
from services.intake.store import AREAS, CATEGORIES, CATEGORY, IMPORTS, REPORT, REPORTS, TIMELINE, read_area, read_entry

_CHAINS = 500  # reports whose timelines are read together


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of reports is narrowed to; the paths are those of a category and of an area, the root first."""

    states: Sequence[State] = ()
    urgencies: Sequence[Urgency] = ()
    category_path: Sequence[str] = ()
    area_path: Sequence[str] = ()
    received_from: datetime | None = None
    received_before: datetime | None = None


async def report(mongo: Mongo, viewer: Caller, *, id: str | None = None, number: str | None = None) -> Report | None:  # noqa: A002
    """The report with this id or number, if the viewer may see it."""
    where: Document = {"_id": id} if id is not None else {"number": number}
    document = await mongo[REPORTS.name].find_one(where)
    found = REPORT.from_document(document) if document else None
    return found if found and may_see(found, viewer) else None


async def reports_by_id(mongo: Mongo, viewer: Caller, ids: Sequence[str]) -> list[Report | None]:
    """For each id its report, None where there is none for this viewer."""
    found: dict[str, Report] = {}
    async for document in mongo[REPORTS.name].find({"_id": {"$in": list(ids)}}):
        one = REPORT.from_document(document)
        if may_see(one, viewer):
            found[one.id] = one
    return [found.get(one) for one in ids]


def own(viewer: Caller) -> Document:
    """The reports a person called in."""
    return {"marks": {"$in": keys(viewer)[:1]}, "caller.person": viewer.person}


def list_filter(viewer: Caller, wanted: Wanted) -> Document:
    """The reports of `wanted` that the viewer may see. Every form it takes is served, in order, by an index of `store.REPORTS`."""
    where: Document = {"marks": {"$in": keys(viewer, wanted.area_path)}}
    if wanted.area_path:
        where["area_path"] = wanted.area_path[-1]
    if wanted.category_path:
        where["category_root"] = wanted.category_path[0]
        if len(wanted.category_path) > 1:
            where["category_path"] = wanted.category_path[-1]
    if wanted.states or wanted.urgencies:
        where["state"] = {"$in": [state.value for state in wanted.states or State]}
        where["urgency"] = {"$in": [urgency.value for urgency in wanted.urgencies or Urgency]}
    between = {"$gte": wanted.received_from, "$lt": wanted.received_before}
    if given := {key: value for key, value in between.items() if value is not None}:
        where["received_at"] = given
    return where


async def timelines(mongo: Mongo, report_ids: Sequence[str]) -> list[list[Entry]]:
    """The entries of each report, oldest first. Ask only for reports the viewer may see."""
    each = [{"_id": {"$gt": f"{report_id}/", "$lt": f"{report_id}0"}} for report_id in report_ids]  # '0' follows '/'
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    async for document in mongo[TIMELINE.name].find({"$or": each}).sort("_id", 1):
        found[document["_id"].rpartition("/")[0]].append(read_entry(document))
    return [found[report_id] for report_id in report_ids]


async def chain_fault(mongo: Mongo, report_id: str) -> str | None:
    """What is wrong with one report's chain, None when it is whole; a report that changes meanwhile is read again."""
    while True:
        before = await mongo[REPORTS.name].find_one({"_id": report_id})
        if before is None:
            return f"{report_id}: no such report"
        try:
            (entries,) = await timelines(mongo, [report_id])
            fault = first_break(report_id, REPORT.from_document(before).timeline, entries)
        except msgspec.ValidationError as error:
            fault = f"{report_id}: not readable ({error})"
        if fault is None:
            return None
        after = await mongo[REPORTS.name].find_one({"_id": report_id}, {"version": 1})
        if after and after["version"] == before["version"]:
            return fault


async def chain_faults(mongo: Mongo) -> AsyncIterator[str | None]:
    """For each report what is wrong with its chain or None; and the entries that belong to no report."""
    last = ""
    while True:
        found = await mongo[REPORTS.name].find({"_id": {"$gt": last}}).sort("_id", 1).limit(_CHAINS).to_list(_CHAINS)
        upto = {"$lt": f"{found[-1]['_id']}0"} if len(found) == _CHAINS else {}
        chains: dict[str, list[Document]] = {document["_id"]: [] for document in found}
        heads = {document["_id"]: REPORT.from_document(document).timeline for document in found}
        async for entry in mongo[TIMELINE.name].find({"_id": {"$gt": f"{last}0", **upto}}).sort("_id", 1):
            chains.setdefault(entry["report_id"], []).append(entry)
        for report_id, documents in chains.items():
            try:
                whole = first_break(report_id, heads[report_id], map(read_entry, documents)) is None
            except (KeyError, msgspec.ValidationError):
                whole = False
            # What looks broken may only have changed between the two reads.
            yield None if whole else await chain_fault(mongo, report_id)
        if len(found) < _CHAINS:
            return
        last = found[-1]["_id"]


async def import_counts(mongo: Mongo) -> AsyncIterator[tuple[str, int, int]]:
    """For each source: reports its ledgers accepted, and reports there are."""
    accepted: dict[str, int] = {}
    async for ledger in mongo[IMPORTS.name].find({}, {"source": 1, "accepted": 1}):
        accepted[ledger["source"]] = accepted.get(ledger["source"], 0) + ledger["accepted"]
    for source, expected in sorted(accepted.items()):
        yield source, expected, await mongo[REPORTS.name].count_documents({"imported.source": source})


async def stamp(mongo: Mongo, collection: str) -> tuple[int, int]:
    """Count and sum of versions: changes whenever a document comes or changes, whatever the clocks of the writers say."""
    pipeline: list[Document] = [
        {"$match": {"version": {"$gte": 0}}},
        {"$group": {"_id": None, "count": {"$sum": 1}, "versions": {"$sum": "$version"}}},
    ]
    cursor = await maybe_await(mongo[collection].aggregate(pipeline))
    rows: list[dict[str, Any]] = await cursor.to_list(1)
    return (rows[0]["count"], rows[0]["versions"]) if rows else (0, 0)


async def areas(mongo: Mongo) -> list[Area]:
    """Our copies of the areas."""
    return [read_area(document) async for document in mongo[AREAS.name].find()]


async def categories(mongo: Mongo) -> list[Category]:
    """The category tree, parents first."""
    found = [CATEGORY.from_document(document) async for document in mongo[CATEGORIES.name].find()]
    return sorted(found, key=lambda category: category.path)
