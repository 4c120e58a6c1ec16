"""The import itself: a batch of lines is one transaction together with the ledger, so that a killed import goes on where it was."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from services.chassis.errors import Conflict, Duplicate, Unavailable
from services.chassis.events import SYSTEM
from services.chassis.unit_of_work import OUTBOX, Command, Store, UnitOfWork
from services.intake.errors import AreasNotLoaded
from services.intake.handlers import TEXT_LIMIT
from services.intake.importing import mapping, sources
from services.intake.importing.sources import Line, Record
from services.intake.model.report import Report
from services.intake.model.values import CallLevel, Channel, ExternalRef, Imported, Party, PlaceOrigin
from services.intake.reference import Reference
from services.intake.store import IMPORTS, add_report

_BATCH = 128
_ATTEMPTS = 10


class ImportTaken(Exception):
    """Another process is importing the same file."""


class Ledger(msgspec.Struct, kw_only=True):
    """What became of a file: accepted + rejected + duplicates = its records up to `line`."""

    id: str
    source: str
    file: str
    size: int
    rule: str
    offset: int = 0
    line: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    started_at: datetime
    finished_at: datetime | None = None


class Import:
    """One file on its way in."""

    def __init__(
        self,
        store: Store,
        reference: Reference,
        path: Path,
        *,
        source: str,
        rejects: Path | None = None,
        progress: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._store = store
        self._reference = reference
        self._path = path
        self._source = source
        self._rejects = rejects
        self._progress = progress

    async def run(self) -> Ledger:
        """Import what is left of the file. Raises UnknownFormat, AreasNotLoaded, ImportTaken, Unavailable."""
        await self._reference.refresh()
        if not len(self._reference.areas):
            raise AreasNotLoaded()
        ledger = await self._begin()
        _trim(self._rejects, ledger.line)
        self._progress(ledger.offset)
        lines = sources.read(self._path, ledger.offset, ledger.line)
        committing: asyncio.Task[Ledger] | None = None
        # While one batch is on its way to the disk, the next is read and built.
        while batch := list(islice(lines, _BATCH)):
            built = self._build(batch)
            if committing:
                ledger = await committing
            committing = asyncio.create_task(self._commit(ledger, batch, built))
            await asyncio.sleep(0)
        if committing:
            ledger = await committing
        return await self._finish(ledger)

    async def _begin(self) -> Ledger:
        digest = await asyncio.to_thread(sources.digest, self._path)
        ledger = Ledger(
            id=f"{self._source}/{digest}",
            source=self._source,
            file=self._path.name,
            size=self._path.stat().st_size,
            rule=mapping.RULE,
            started_at=self._store.clock(),
        )
        document = msgspec.to_builtins(ledger, builtin_types=(datetime,))
        document["_id"] = document.pop("id")
        await self._store.mongo[IMPORTS.name].update_one({"_id": ledger.id}, {"$setOnInsert": document}, upsert=True)
        return await self._read(ledger.id)

    async def _read(self, ledger_id: str) -> Ledger:
        document = await self._store.mongo[IMPORTS.name].find_one({"_id": ledger_id})
        assert document is not None  # `_begin` made it, nobody deletes it
        return msgspec.convert({**document, "id": document["_id"]}, Ledger)

    async def _finish(self, ledger: Ledger) -> Ledger:
        if ledger.finished_at is None:
            ledger.finished_at = self._store.clock()
            change = {"$set": {"finished_at": ledger.finished_at}}
            await self._store.mongo[IMPORTS.name].update_one({"_id": ledger.id}, change)
        return ledger

    def _build(self, batch: list[Line]) -> dict[str, UnitOfWork]:
        """A unit of work for each acceptable record, by its command key; a repeated id counts once."""
        built: dict[str, UnitOfWork] = {}
        for line in batch:
            if line.record and not _refused(line.record):
                unit = self._unit(line.number, line.record)
                built.setdefault(self._command(line.record).key, unit)
        return built

    def _command(self, record: Record) -> Command:
        return Command.of("import", self._source, f"{self._source}/{record.id}", record)

    def _unit(self, number: int, record: Record) -> UnitOfWork:
        unit = UnitOfWork(self._store, actor=SYSTEM, command=self._command(record))
        place, area = mapping.place(self._reference.areas, self._source, record)
        report, announced = Report.submit(
            now=unit.now,
            kind=mapping.kind(record),
            call_level=CallLevel.PUBLIC,
            channel=Channel.HOTLINE,
            caller=Party(),
            text=record.text,
            area_path=area.path,
            area=area,
            place=place,
            place_origin=PlaceOrigin.ASSIGNED,
            category=mapping.category(self._reference.categories, record),
            external_ref=ExternalRef(system=self._source, number=record.id),
            occurred_at=record.occurred_at,
            imported=Imported(source=self._source, line=number, rule=mapping.RULE),
        )
        add_report(unit, report, announced)
        return unit

    async def _commit(self, ledger: Ledger, batch: list[Line], built: dict[str, UnitOfWork]) -> Ledger:
        """All of a batch and its counts in the ledger, or none. Returns the ledger after it."""
        refused = [(line, reason) for line in batch if (reason := line.reason or _refused(line.record))]
        self._write_rejects(refused)
        last = batch[-1]
        for _ in range(_ATTEMPTS):
            known = await self._known(list(built))
            fresh = [unit for key, unit in built.items() if key not in known]
            counting = UnitOfWork(self._store, actor=SYSTEM)
            counts = {
                "accepted": len(fresh),
                "rejected": len(refused),
                "duplicates": len(batch) - len(refused) - len(fresh),
            }
            counting.update(
                IMPORTS.name,
                {"_id": ledger.id, "offset": ledger.offset},
                {"$set": {"offset": last.offset, "line": last.number}, "$inc": counts},
            )
            try:
                await self._store.commit_together([*fresh, counting])
            except Duplicate:
                built = self._build(batch)  # somebody else brought one of them in; new ids for the rest
            except Unavailable:
                await asyncio.sleep(0.5)
            except Conflict:
                now = await self._read(ledger.id)
                if now.offset != last.offset:
                    raise ImportTaken(f"{ledger.file} is being imported by another process") from None
                # Our own commit, whose answer was lost.
                self._progress(last.offset - ledger.offset)
                return now
            else:
                self._progress(last.offset - ledger.offset)
                return await self._after(ledger, last, counts)
        raise Unavailable("the batch could not be committed")

    async def _after(self, ledger: Ledger, last: Line, counts: dict[str, int]) -> Ledger:
        totals = {name: getattr(ledger, name) + count for name, count in counts.items()}
        return msgspec.structs.replace(ledger, offset=last.offset, line=last.number, **totals)

    async def _known(self, keys: list[str]) -> set[str]:
        rows = self._store.mongo[OUTBOX.name].find({"command.key": {"$in": keys}}, {"command.key": 1, "_id": 0})
        return {row["command"]["key"] async for row in rows}

    def _write_rejects(self, refused: list[tuple[Line, str]]) -> None:
        if self._rejects and refused:
            with self._rejects.open("a", encoding="utf-8") as file:
                for line, reason in refused:
                    file.write(json.dumps({"line": line.number, "reason": reason}, ensure_ascii=False) + "\n")


def _refused(record: Record | None) -> str | None:
    if record is None:
        return None
    if not record.text.strip():
        return "no text"
    return f"text over {TEXT_LIMIT} characters" if len(record.text) > TEXT_LIMIT else None


def _trim(rejects: Path | None, line: int) -> None:
    """Forget rejects beyond the last batch that was committed: they come again."""
    if rejects is None or not rejects.exists():
        return
    kept = [text for text in _lines(rejects) if json.loads(text)["line"] <= line]
    rejects.write_text("".join(kept), encoding="utf-8")


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        # The last line may be half written.
        yield from (text for text in file if text.endswith("\n"))
