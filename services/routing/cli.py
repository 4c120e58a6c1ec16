"""Routing's own commands: load the organisation, load outlines."""

import argparse
import sys
from pathlib import Path

from services.chassis.app import Service
from services.chassis.cli import Commands
from services.chassis.errors import StoreError
from services.routing.errors.organisation import LoadRefused
from services.routing.files import read_boundaries, read_organisation
from services.routing.handlers.organisation import Changes, load_areas, load_organisation, refuse_bad_boundaries
from services.routing.model.organisation import AreaLevel
from services.routing.store.category import known_codes
from services.routing.store.organisation import read_directory

_SHOWN = 20


async def _load(service: Service, args: argparse.Namespace) -> int:
    try:
        organisation = read_organisation(args.file)
        for warning in organisation.warnings():
            print(f"warning: {warning}", file=sys.stderr)
        codes = await known_codes(service.mongo)
        for rule in organisation.rules:
            if codes and rule.category and rule.category not in codes:
                print(f"warning: rule {rule.id}: category {rule.category} is not published", file=sys.stderr)
        changes = await load_organisation(service.store, organisation, dry_run=args.dry_run)
    except (LoadRefused, StoreError) as error:
        return _refused(args.file, error)
    return _done(args, changes)


async def _load_boundaries(service: Service, args: argparse.Namespace) -> int:
    try:
        directory = await read_directory(service.mongo, service.store.clock())
        records = read_boundaries(args.file, AreaLevel(args.level), args.parent, directory.areas)
        await refuse_bad_boundaries(service.mongo, records)
        changes = await load_areas(service.store, records, dry_run=args.dry_run)
    except (LoadRefused, StoreError) as error:
        return _refused(args.file, error)
    return _done(args, changes)


def _done(args: argparse.Namespace, changes: Changes) -> int:
    print(f"{args.file}: {changes}{' (dry run)' if args.dry_run else ''}")
    return 0


def _refused(file: Path, error: Exception) -> int:
    problems = error.problems if isinstance(error, LoadRefused) else (f"{type(error).__name__}: {error}",)
    print(f"{file}: not loaded", file=sys.stderr)
    for problem in problems[:_SHOWN]:
        print(f"  {problem}", file=sys.stderr)
    if len(problems) > _SHOWN:
        print(f"  … and {len(problems) - _SHOWN} more", file=sys.stderr)
    return 1


def _file_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def _boundary_arguments(parser: argparse.ArgumentParser) -> None:
    _file_arguments(parser)
    parser.add_argument("--level", required=True, choices=[level.value for level in AreaLevel])
    parser.add_argument("--parent", help="the area they lie in; needed when there are several of the level above")


COMMANDS: Commands = {
    "load": ("load an organisation (organisation.json)", _file_arguments, _load),
    "load-boundaries": ("load outlines of areas (GeoJSON, WGS-84)", _boundary_arguments, _load_boundaries),
}
