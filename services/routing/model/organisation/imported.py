"""An import of the organisation as a file: who, when, and what it changed."""

from datetime import datetime

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.events.organisation import OrganisationImported


class KindChanges(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a kind were new, changed and retired."""

    kind: str
    added: int
    changed: int
    retired: int


class OrganisationImport(msgspec.Struct, kw_only=True):
    """The aggregate; it is written once the import is done."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    changes: tuple[KindChanges, ...]
    warnings: tuple[str, ...]
    orders_moved: int
    orders_handed_over: int
    dry_run: bool
    at: datetime
    by: Actor

    @classmethod
    def of(
        cls,
        changes: tuple[KindChanges, ...],
        warnings: tuple[str, ...],
        orders: tuple[int, int],
        now: datetime,
        by: Actor,
        *,
        dry_run: bool,
    ) -> tuple["OrganisationImport", list[EventData]]:
        """An import; `orders` are those that lie elsewhere and those that get another lead."""
        done = cls(
            id=new_id("import"),
            changes=changes,
            warnings=warnings,
            orders_moved=orders[0],
            orders_handed_over=orders[1],
            dry_run=dry_run,
            at=now,
            by=by,
        )
        told = OrganisationImported(
            import_id=done.id,
            added=sum(change.added for change in changes),
            changed=sum(change.changed for change in changes),
            retired=sum(change.retired for change in changes),
            orders_moved=done.orders_moved,
            orders_handed_over=done.orders_handed_over,
        )
        return done, [told]
