"""What a caller may see of a case. A party is a party, whatever post the person holds."""

import enum
from typing import Any

from services.chassis.errors import NotFound
from services.chassis.identity import Caller
from services.mediation.errors import NotForParties, NotTheMediator
from services.mediation.model import MediationCase, Sensitivity


class Sight(enum.IntEnum):
    """From nothing to everything; each includes the one before."""

    NOTHING = 0
    STATE = 1  # the report's caller: where the case is and what they are advised
    PARTY = 2  # joint documents, and the notes of one's own caucuses
    STAFF = 3  # the file, but for the notes of caucuses
    CONDUCTING = 4  # the mediator of the case


def sight(caller: Caller | None, case: MediationCase) -> Sight:
    """How much of `case` the caller may see."""
    if caller is None:
        return Sight.NOTHING
    if case.parties_of(caller.person):
        return Sight.PARTY
    if _conducts(caller, case):
        return Sight.CONDUCTING
    if caller.has("mediator", "centre") and caller.covers(case.area_path):
        room = caller.post is not None and caller.post == case.room.post and case.mediator is None
        if case.sensitivity is not Sensitivity.SEALED or caller.has("centre") or room:
            return Sight.STAFF
    return Sight.STATE if case.caller_person == caller.person else Sight.NOTHING


def _conducts(caller: Caller, case: MediationCase) -> bool:
    if case.mediator is None:
        return False
    in_post = caller.has("mediator") and caller.post is not None and caller.post == case.mediator.post
    return caller.person == case.mediator.person or in_post


def listed(caller: Caller) -> dict[str, Any]:
    """The filter of cases that lists show the caller: by area for staff, by person for everyone else; the same rule as `sight`."""
    if not caller.has("mediator", "centre") or caller.area is None:
        return in_person(caller)
    by_area: dict[str, Any] = {"area_path": caller.area}
    if not caller.has("centre"):
        by_area["$or"] = [
            {"sensitivity": {"$ne": Sensitivity.SEALED.value}},
            {"mediator.person": caller.person},
            *([{"mediator.post": caller.post}, {"mediator": None, "room.post": caller.post}] if caller.post else []),
        ]
    return by_area


def in_person(caller: Caller) -> dict[str, Any]:
    """The filter of cases that concern the caller as a person: party, representative, caller of the report, or mediator."""
    return {"$or": [{"people": caller.person}, {"mediator.person": caller.person}]}


def require(caller: Caller, case: MediationCase, needed: Sight) -> None:
    """Raises NotFound when the caller may not know of the case, NotAllowed when they may but not do this."""
    have = sight(caller, case)
    if have is Sight.NOTHING:
        raise NotFound(what="mediation case")
    if have < needed:
        raise NotForParties() if have <= Sight.PARTY else NotTheMediator()


def own_parties(caller: Caller, case: MediationCase) -> frozenset[str]:
    """Ids of the parties the caller is or speaks for."""
    return frozenset(party.id for party in case.parties_of(caller.person))
