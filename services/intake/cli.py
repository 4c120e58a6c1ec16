"""Intake's own commands: load categories, import reports, verify the record."""

import argparse
import sys
from pathlib import Path

import msgspec
from tqdm import tqdm

from services.chassis.app import Service
from services.chassis.cli import Commands
from services.chassis.errors import Refusal, Unavailable
from services.intake import handlers, views
from services.intake.importing.run import Import, ImportTaken
from services.intake.importing.sources import UnknownFormat
from services.intake.model.category import CategoryData
from services.intake.reference import Reference


class _CategoriesFile(msgspec.Struct):
    version: int
    categories: list[CategoryData]


def _file_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


async def _load_categories(service: Service, args: argparse.Namespace) -> int:
    try:
        given = msgspec.json.decode(args.file.read_bytes(), type=_CategoriesFile).categories
    except (OSError, msgspec.DecodeError) as error:
        print(f"{args.file.name}: {error}", file=sys.stderr)
        return 1
    changed = await handlers.publish_categories(service.store, given)
    print(f"{len(given)} categories, {changed} new or changed")
    return 0


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=".jsonl of messages or .csv of 311 requests")
    parser.add_argument("--rejects", type=Path, help="where to write line number and reason of what was not accepted")
    parser.add_argument("--source", help="the name that makes ids unique (default: the file's name without its ending)")


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


async def _import(service: Service, args: argparse.Namespace) -> int:
    begun = service.store.clock()
    path: Path = args.file
    size = _size(path)
    if size is None:
        print(f"{path}: no such file", file=sys.stderr)
        return 1
    with tqdm(total=size, unit="B", unit_scale=True, desc=path.name) as bar:
        work = Import(
            service.store,
            Reference(service.mongo),
            path,
            source=args.source or path.stem,
            rejects=args.rejects,
            progress=bar.update,
        )
        try:
            ledger = await work.run()
        except (UnknownFormat, Refusal, ImportTaken, Unavailable) as error:
            print(f"import stopped: {error}", file=sys.stderr)
            return 1
    counts = f"{ledger.accepted} accepted, {ledger.rejected} rejected, {ledger.duplicates} duplicates"
    before = ledger.finished_at is not None and ledger.finished_at < begun
    print(f"{path.name}: imported before, nothing added ({counts} then)" if before else f"{path.name}: {counts}")
    return 0


def _chain_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("report", nargs="?", help="the id of one report")
    which.add_argument("--all", action="store_true", help="every report")


async def _verify_chains(service: Service, args: argparse.Namespace) -> int:
    if args.report:
        found = await views.chain_fault(service.mongo, args.report)
        print(found or f"{args.report}: the record is whole")
        return 1 if found else 0
    return await _verify_all_chains(service)


async def _verify_all_chains(service: Service) -> int:
    total, broken = 0, 0
    async for fault in views.chain_faults(service.mongo):
        total += 1
        if fault:
            broken += 1
            print(fault)
    print(f"{total} records verified, {broken} broken")
    return 1 if broken else 0


async def _verify(service: Service, _: argparse.Namespace) -> int:
    """Chains, and imports: as many reports as the ledgers say."""
    wrong = await _verify_all_chains(service)
    async for source, expected, found in views.import_counts(service.mongo):
        print(f"import {source}: {expected} accepted, {found} reports")
        wrong |= expected != found
    return int(wrong)


def _nothing(_: argparse.ArgumentParser) -> None:
    pass


COMMANDS: Commands = {
    "load-categories": (
        "publish the categories of a file; twice is the same as once",
        _file_argument,
        _load_categories,
    ),
    "import": ("import reports from a file; goes on where it was stopped", _import_arguments, _import),
    "verify-chains": ("check the hash chain of a report's timeline, or of all", _chain_arguments, _verify_chains),
    "verify": ("check every chain, and the counts of imports", _nothing, _verify),
}
