"""Venues, for everybody."""

from collections.abc import Sequence

from services.chassis.mongo import Document, Mongo
from services.routing.model.order.venue import Venue
from services.routing.store.venue import VENUES


async def venues(mongo: Mongo, ids: Sequence[str]) -> list[Venue | None]:
    """Venues by id, in the order asked for."""
    rows = await mongo[VENUES.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: VENUES.from_document(row) for row in rows}
    return [found.get(venue_id) for venue_id in ids]


def venue_list(*, area: str | None, kind: str | None, service: str | None) -> Document:
    """The filter of the list: open ones, narrowed by what was asked for."""
    asked = {"area_path": area, "kind": kind, "services": service}
    return {"retired_at": None, **{name: value for name, value in asked.items() if value is not None}}
