"""The whole organisation as a file, out and in."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.mongo import Mongo
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.files import organisation_of
from services.routing.handlers.commands import create
from services.routing.handlers.organisation.boundaries import read_chart
from services.routing.handlers.organisation.changes import Changes
from services.routing.handlers.organisation.organisation import load_organisation
from services.routing.model.organisation.imported import KindChanges, OrganisationImport
from services.routing.model.organisation.organisation import Organisation, Person, Post, Responder, Unit
from services.routing.model.organisation.overlay import OverlayGrid
from services.routing.store.configuration import RULE_SETS, in_force
from services.routing.store.organisation import IMPORTS, stored

FORMAT = 1

R = TypeVar("R", OverlayGrid, Unit, Person, Post, Responder)


async def export_organisation(mongo: Mongo) -> Organisation:
    """What is in force, as a file that changes nothing when it is loaded again. Raises StoreError."""
    areas = sorted((await read_chart(mongo)).by_id.values(), key=lambda area: area.path)
    rule_set = await in_force(mongo, RULE_SETS)
    return Organisation(
        version=FORMAT,
        district=areas[0].id if areas else "",
        areas=tuple(areas),
        overlays=await _in_force(mongo, OverlayGrid),
        units=await _in_force(mongo, Unit),
        people=await _in_force(mongo, Person),
        posts=await _in_force(mongo, Post),
        responders=await _in_force(mongo, Responder),
        rules=rule_set.content if rule_set else (),
    )


async def import_organisation(
    store: Store,
    live: LiveDirectory,
    caller: Caller,
    key: str,
    content: object,
    successors: Mapping[str, str],
    *,
    dry_run: bool,
) -> OrganisationImport:
    """Bring a file into force, or with `dry_run` say what it would change. Raises Refusal, LoadRefused, StoreError."""
    if not caller.has("operator"):
        raise RoleMissing(roles="operator")
    organisation = organisation_of(content)

    async def decide(unit: UnitOfWork) -> tuple[OrganisationImport, Sequence[EventData]]:
        # In steps of their own, each idempotent: an import that was cut short is completed by sending it again.
        changes = await load_organisation(store, organisation, dry_run=dry_run, successors=successors, by=caller.actor)
        return OrganisationImport.of(
            _by_kind(changes),
            tuple(organisation.warnings()),
            (changes.orders_moved, changes.orders_handed_over),
            unit.now,
            caller.actor,
            dry_run=dry_run,
        )

    if dry_run:
        return (await decide(UnitOfWork(store, actor=caller.actor)))[0]
    done = await create(store, IMPORTS, caller, "importOrganisation", key, [content, dict(successors)], decide)
    await live.refresh()
    return done


async def _in_force(mongo: Mongo, kind: type[R]) -> tuple[R, ...]:
    found: dict[str, tuple[Any, int, bool]] = await stored(mongo, kind)
    return tuple(record for _, (record, _, retired) in sorted(found.items()) if not retired)


def _by_kind(changes: Changes) -> tuple[KindChanges, ...]:
    kinds = sorted({*changes.added, *changes.changed, *changes.retired})
    return tuple(
        KindChanges(kind=kind, added=changes.added[kind], changed=changes.changed[kind], retired=changes.retired[kind])
        for kind in kinds
    )
