"""Chains of custody as a caller may see them."""

import dataclasses
from collections.abc import Sequence

from services.chassis.identity import Caller
from services.chassis.mongo import Document, Mongo
from services.routing.access.field import addressed
from services.routing.model.order.custody import Custody, CustodyState
from services.routing.store.custody import CUSTODIES


@dataclasses.dataclass(frozen=True)
class SeenCustody:
    """A chain, and whether the caller sees who or what it is about."""

    custody: Custody
    subject_shown: bool


def see(caller: Caller, custody: Custody) -> SeenCustody | None:
    """The chain, None when the caller does not see it.

    Whoever is or was a custodian sees the signatures; who or what it is only those who have it in hand, and the centre of the place.
    """
    centre = caller.has("centre") and caller.covers(list(custody.area_path))
    if not centre and not addressed(caller, custody.custodians):
        return None
    return SeenCustody(custody, centre or addressed(caller, custody.concerns))


async def custodies(mongo: Mongo, caller: Caller, ids: Sequence[str]) -> list[SeenCustody | None]:
    """Chains by id, in the order asked for."""
    rows = await mongo[CUSTODIES.collection.name].find({"_id": {"$in": list(ids)}}).to_list(None)
    found = {row["_id"]: see(caller, CUSTODIES.from_document(row)) for row in rows}
    return [found.get(custody_id) for custody_id in ids]


def my_list(caller: Caller) -> Document:
    """The filter of what the caller's post has in hand or is offered."""
    return {"concerns": caller.post or "", "state": {"$in": [CustodyState.HELD, CustodyState.OFFERED]}}
