"""Commands on the register of responders, and keeping it in step with the organisation's file."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from services.chassis.errors import RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.mongo import Document
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.responder import require_oneself_or_centre, require_responders_centre
from services.routing.errors.responder import (
    AlreadyRegistered,
    EmployerMissing,
    PositionInvalid,
    TooManySkills,
)
from services.routing.errors.rules import UnknownArea
from services.routing.handlers.commands import change, create
from services.routing.model.dispatch.responder import MAX_SKILLS, Position, RegisteredKind, Responder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import AreaRecord
from services.routing.model.organisation.organisation import Responder as ResponderRecord
from services.routing.model.organisation.point import Point
from services.routing.model.texts import optional, required
from services.routing.store.responder import REGISTER
from services.routing.views.area import centre_of, middle
from services.routing.views.responder import of_person

_BATCH = 200
_CLOCKS_DIFFER = timedelta(seconds=30)

_Check = Callable[[Caller, Responder], None]
_Act = Callable[[Responder, datetime], Sequence[EventData]]


async def enrol_loaded(store: Store, records: Sequence[ResponderRecord], areas: Iterable[AreaRecord]) -> None:
    """Bring the register in step with the file: new entries, changed ones, and those that are gone are retired.

    Who registered oneself stays; who is sent out is retired with the next load. Raises StoreError.
    """
    known = {area.id: area for area in areas}
    homes = {area_id: middle(known[area_id].boundary) for area_id in {record.home_area_id for record in records}}
    for start in range(0, len(records), _BATCH):

        async def stage(unit: UnitOfWork, batch: Sequence[ResponderRecord] = records[start : start + _BATCH]) -> None:
            entries = await _entries(unit, {"_id": {"$in": [record.id for record in batch]}})
            for record in batch:
                path, home = known[record.home_area_id].path, homes[record.home_area_id]
                entry = entries.get(record.id)
                if entry is None:
                    unit.add(REGISTER, *Responder.enrol(record, path, home, unit.now))
                elif events := entry.revise(record, path, home):
                    unit.save(REGISTER, entry, events)

        await store.run(stage)

    async def retire(unit: UnitOfWork) -> None:
        present = {record.id for record in records}
        gone: Document = {"registered": False, "retired": False, "deployment_id": None}
        for entry in (await _entries(unit, gone)).values():
            if entry.id not in present:
                unit.save(REGISTER, entry, entry.retire(unit.now))

    await store.run(retire)


async def register_responder(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    kind: RegisteredKind,
    person_id: str | None,
    name: str,
    home_area_id: str,
    skills: Sequence[str],
    employer: str | None,
    yearly_hours: int,
) -> Responder:
    """Register with a home community: oneself, or the centre for somebody or for a partner. Raises Refusal, StoreError."""
    given = [kind, person_id, name, home_area_id, list(skills), employer, yearly_hours]

    async def decide(unit: UnitOfWork) -> tuple[Responder, Sequence[EventData]]:
        place = directory.areas.get(home_area_id)
        if place is None:
            raise UnknownArea(path=("homeAreaId",), area=home_area_id)
        oneself = person_id is not None and person_id == caller.person
        if not oneself and not (caller.has("centre") and caller.covers(list(place.path))):
            raise RoleMissing(roles="centre")
        if len(skills) > MAX_SKILLS:
            raise TooManySkills(path=("skills",), limit=MAX_SKILLS)
        firm = optional(employer, ("employer",))
        if kind is RegisteredKind.RESERVIST and firm is None:
            raise EmployerMissing(path=("employer",))
        if person_id is not None and await of_person(unit.mongo, person_id):
            raise AlreadyRegistered(path=("personId",))
        return Responder.register(
            kind,
            person_id=person_id,
            name=required(name, "name", "姓名", ("name",)),
            area_path=place.path,
            home=await centre_of(unit.mongo, place.id),
            skills=tuple(required(skill, "skill", "技能", ("skills",)) for skill in skills),
            employer=firm,
            yearly_hours=max(0, yearly_hours),
            now=unit.now,
        )

    return await create(store, REGISTER, caller, "registerResponder", key, given, decide)


async def retire_responder(store: Store, caller: Caller, key: str, responder_id: str) -> Responder:
    """Leave the register. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "retireResponder", key, responder_id, [], require_oneself_or_centre),
        lambda responder, now: responder.retire(now),
    )


async def set_availability(
    store: Store, caller: Caller, key: str, responder_id: str, wanted: Literal["off", "standby", "on_duty"]
) -> Responder:
    """Come on duty, stand by, or go. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "setAvailability", key, responder_id, [wanted], require_oneself_or_centre),
        lambda responder, now: responder.set_availability(wanted, now),
    )


async def report_position(
    store: Store, caller: Caller, key: str, responder_id: str, point: Point, accuracy_m: float, at: datetime
) -> Responder:
    """Where the responder is. Raises Refusal, StoreError."""
    given = [point, accuracy_m, at]
    return await _change(
        *(store, caller, "reportPosition", key, responder_id, given, require_oneself_or_centre),
        lambda responder, now: responder.move(position(point, accuracy_m, at, now)),
    )


async def vet_responder(
    store: Store, caller: Caller, key: str, responder_id: str, valid_until: datetime | None
) -> Responder:
    """Fit for sensitive work until a date, or no longer (None). Raises Refusal, StoreError."""

    def act(responder: Responder, now: datetime) -> Sequence[EventData]:
        if valid_until is None:
            return responder.revoke_vetting()
        return responder.vet(valid_until, now, caller.actor)

    return await _change(
        store, caller, "vetResponder", key, responder_id, [valid_until], require_responders_centre, act
    )


async def record_service(
    store: Store, caller: Caller, key: str, responder_id: str, minutes: int, at: datetime
) -> Responder:
    """Book a duty that was done outside a deployment. Raises Refusal, StoreError."""
    return await _change(
        *(store, caller, "recordService", key, responder_id, [minutes, at], require_responders_centre),
        lambda responder, _: responder.serve(minutes, at),
    )


def position(point: Point, accuracy_m: float, at: datetime, now: datetime) -> Position:
    """A position that can be one. Raises PositionInvalid."""
    if not (point.exists and 0 < accuracy_m < math.inf and at <= now + _CLOCKS_DIFFER):
        raise PositionInvalid
    return Position(lon=point.lon, lat=point.lat, accuracy_m=accuracy_m, at=at)


async def _entries(unit: UnitOfWork, where: Document) -> dict[str, Responder]:
    rows = await unit.mongo[REGISTER.collection.name].find(where).to_list(None)
    return {row["_id"]: REGISTER.from_document(row) for row in rows}


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    key: str,
    responder_id: str,
    given: Sequence[object],
    check: _Check,
    act: _Act,
) -> Responder:
    async def decide(unit: UnitOfWork, responder: Responder) -> Sequence[EventData]:
        check(caller, responder)
        return act(responder, unit.now)

    return await change(store, REGISTER, caller, name, key, responder_id, given, decide)
