"""Routing's own commands: load the organisation, load outlines."""

import argparse
import sys
from pathlib import Path

import msgspec

from services.chassis.app import Service
from services.chassis.cli import Commands
from services.chassis.errors import StoreError
from services.chassis.events import SYSTEM
from services.routing.errors.organisation import LoadRefused
from services.routing.files import others, read_boundaries, read_organisation, read_policy
from services.routing.handlers.ladder.auditor import audit
from services.routing.handlers.organisation.area import load_areas, retire_areas
from services.routing.handlers.organisation.boundaries import draw_up, load_boundaries
from services.routing.handlers.organisation.changes import Changes
from services.routing.handlers.organisation.exchange import export_organisation
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.handlers.rules.policy import load_policy
from services.routing.model.organisation.boundaries import BoundaryProposal
from services.routing.model.organisation.organisation import AreaLevel
from services.routing.model.rules.policy import as_data
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
        successors = dict(args.successor or ())
        changes = await load_organisation(service.store, organisation, dry_run=args.dry_run, successors=successors)
    except (LoadRefused, StoreError) as error:
        return _refused(args.file, error)
    return _done(args, changes)


async def _export(service: Service, args: argparse.Namespace) -> int:
    content = msgspec.json.encode(await export_organisation(service.mongo))
    args.file.write_bytes(msgspec.json.format(content, indent=1))
    return 0


async def _load_boundaries(service: Service, args: argparse.Namespace) -> int:
    try:
        directory = await read_directory(service.mongo, service.store.clock())
        level = AreaLevel(args.level)
        records = read_boundaries(args.file, level, args.parent, directory.areas)
        retired = others(records, level, args.parent, directory.areas) if args.retire_others else []
        now = service.store.clock()
        proposal, _ = await draw_up(service.mongo, directory, level, records, retired, now, SYSTEM)
        _show(proposal)
        if args.dry_run:
            changes = await load_areas(service.store, records, dry_run=True)
            changes.add(await retire_areas(service.store, retired, dry_run=True))
        else:
            changes = await load_boundaries(service.store, proposal)
    except (LoadRefused, StoreError) as error:
        return _refused(args.file, error)
    return _done(args, changes)


def _show(proposal: BoundaryProposal) -> None:
    """What would change: areas, then open orders."""
    for change in proposal.changes:
        sizes = f"{change.km2_before:.2f} to {change.km2_after:.2f} km2, {change.km2_moved:.2f} km2 of ground moved"
        print(f"  area {change.area_id} {change.name} {change.kind}: {sizes}")
    for area_id in proposal.strays:
        print(f"  area {area_id} would lie mostly outside its parent")
    for move in proposal.moves[:_SHOWN]:
        lead = f", {move.old_lead} to {move.new_lead}" if move.old_lead != move.new_lead else ""
        print(f"  order {move.number}: {move.old_area} to {move.new_area}{lead}")
    print(f"  {proposal.orders_moved} open orders lie elsewhere, {proposal.orders_handed_over} get another lead")


async def _load_policy(service: Service, args: argparse.Namespace) -> int:
    try:
        changed = await load_policy(service.store, read_policy(args.file), dry_run=args.dry_run)
    except (LoadRefused, StoreError) as error:
        return _refused(args.file, error)
    print(
        f"{args.file}: {'a new policy version' if changed else 'nothing changed'}{' (dry run)' if args.dry_run else ''}"
    )
    return 0


async def _export_policy(service: Service, _: argparse.Namespace) -> int:
    policy = (await read_directory(service.mongo, service.store.clock())).policy
    print(msgspec.json.format(msgspec.json.encode(as_data(policy)), indent=2).decode())
    return 0


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


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)


def _file_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")


def _load_arguments(parser: argparse.ArgumentParser) -> None:
    _file_arguments(parser)
    parser.add_argument(
        "--successor",
        action="append",
        type=_pair,
        metavar="OLD=NEW",
        help="the post that leads the open orders of one that is gone; may be repeated",
    )


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    if not old or not new:
        raise argparse.ArgumentTypeError("OLD=NEW")
    return old, new


def _boundary_arguments(parser: argparse.ArgumentParser) -> None:
    _file_arguments(parser)
    parser.add_argument("--level", required=True, choices=[level.value for level in AreaLevel])
    parser.add_argument(
        "--retire-others", action="store_true", help="retire areas of the level that are not in the file"
    )
    parser.add_argument("--parent", help="the area they lie in; needed when there are several of the level above")


def _no_arguments(_: argparse.ArgumentParser) -> None:
    pass


async def _audit(service: Service, args: argparse.Namespace) -> int:
    found = await audit(service.store, [collection for collection, _ in service.due], repair=args.repair)
    for escalation_id in found.stuck:
        print(f"stuck: {escalation_id}")
    for collection, count in found.late.items():
        if count:
            print(f"late: {count} of {collection}")
    print(f"{len(found.stuck)} escalations stuck, {found.repaired} repaired")
    return 0 if args.repair or found.clean else 1


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="make what is stuck due now")


COMMANDS: Commands = {
    "audit": ("find timed work that should have been done; 1 when there is some", _audit_arguments, _audit),
    "export": ("write the organisation in force as a file that can be loaded", _export_arguments, _export),
    "load": ("load an organisation (organisation.json)", _load_arguments, _load),
    "load-boundaries": ("load outlines of areas (GeoJSON, WGS-84)", _boundary_arguments, _load_boundaries),
    "load-policy": ("put a policy in force (JSON, as export-policy writes it)", _file_arguments, _load_policy),
    "export-policy": ("print the policy in force", _no_arguments, _export_policy),
}
