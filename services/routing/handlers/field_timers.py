"""What happens to work in the field by the clock alone: which collection, and the step for a document that is due."""

from collections.abc import Awaitable, Callable, Mapping

from services.chassis.unit_of_work import Store
from services.routing.handlers.asset import note_overdue_inspection
from services.routing.store.asset import ASSETS

FIELD_TIMERS: Mapping[str, Callable[[Store, str], Awaitable[None]]] = {
    ASSETS.collection.name: note_overdue_inspection,
}
