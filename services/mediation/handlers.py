"""One function a command: check the caller, load, one method of the model, save."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from services.chassis.errors import InvalidInput, RoleMissing
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.ids import human_number, new_id
from services.chassis.unit_of_work import Command, Store, UnitOfWork
from services.mediation.access import Sight, own_parties, require
from services.mediation.errors import NotForParties
from services.mediation.model import (
    Advice,
    AgreementForm,
    Body,
    Commission,
    DeclineReason,
    DisputeType,
    MediationCase,
    Mediator,
    Obligation,
    Origin,
    Party,
    Risk,
    Room,
    Sensitivity,
    Session,
    State,
)
from services.mediation.store import CASES, VENUES
from services.mediation.views import area_path_of, load_case

Change = Callable[[MediationCase, datetime], Sequence[EventData]]


@dataclasses.dataclass(frozen=True)
class Asked:
    """A command on its way: who asks, and by which key it is known when it comes again."""

    store: Store
    caller: Caller
    command: Command


@dataclasses.dataclass(frozen=True, kw_only=True)
class NewCase:
    """What a case opened by hand begins with; `room` None means the caller's own post."""

    dispute_type: DisputeType
    area_id: str
    origin: Origin
    sensitivity: Sensitivity
    parties: Sequence[Party]
    claimed_fen: int = 0
    risk: Risk | None = None
    room: str | None = None
    commission: Commission | None = None


async def register_case(asked: Asked, new: NewCase) -> MediationCase:
    """Open a case without a report. Mediators and centres, in their own area."""

    async def attempt(unit: UnitOfWork) -> MediationCase:
        case = await _new_case(asked, new, unit, "mediator", "centre")
        unit.add(CASES, case, case.register())
        return case

    return await _run(asked, attempt)


async def settle_on_the_spot(
    asked: Asked, new: NewCase, terms: str, obligations: Sequence[Obligation]
) -> MediationCase:
    """The light case of the front line (M-08): registered, accepted and agreed orally in one step; also for grid attendants."""

    async def attempt(unit: UnitOfWork) -> MediationCase:
        case = await _new_case(asked, new, unit, "mediator", "centre", "attendant")
        events: list[EventData] = [*case.register(), *case.accept(unit.now)]
        events += case.agree(AgreementForm.ORAL, terms, obligations, _self(asked.caller), unit.now)
        unit.add(CASES, case, events)
        return case

    return await _run(asked, attempt)


async def _new_case(asked: Asked, new: NewCase, unit: UnitOfWork, *roles: str) -> MediationCase:
    caller = asked.caller
    if not caller.has(*roles):
        raise RoleMissing(roles=", ".join(roles))
    area_path = await area_path_of(unit.mongo, new.area_id)
    if area_path is None or not caller.covers(area_path):
        raise InvalidInput(path=("areaId",), reason="areaId")
    own_room = new.room in (None, caller.post)
    case = MediationCase(
        id=new_id("case"),
        number=human_number(unit.now),
        dispute_type=new.dispute_type,
        origin=new.origin,
        area_path=area_path,
        sensitivity=new.sensitivity,
        registered_at=unit.now,
        risk=new.risk,
        room=Room(post=new.room or caller.post, unit=caller.unit if own_room else None),
        commission=new.commission,
        parties=list(new.parties),
    )
    case.amounts.claimed_fen = new.claimed_fen
    return case


async def add_party(asked: Asked, case_id: str, party: Party) -> MediationCase:
    """Staff enter the parties."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, _: case.add_party(party))


async def begin_screening(asked: Asked, case_id: str) -> MediationCase:
    """Look into the case before deciding."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, _: case.begin_screening())


async def accept_case(asked: Asked, case_id: str, risk: Risk | None) -> MediationCase:
    """Screened: fit for mediation."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, now: case.accept(now, risk))


async def decline_case(asked: Asked, case_id: str, reason: DeclineReason, advice: Advice) -> MediationCase:
    """Screened: not for mediation; the parties are told where to go."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, _: case.decline(reason, advice))


async def refer_case(asked: Asked, case_id: str, body: Body, advice: Advice, receipt: str | None) -> MediationCase:
    """Hand over to another body. Staff while screening, afterwards the mediator."""

    def change(case: MediationCase, now: datetime) -> Sequence[EventData]:
        if case.mediator:
            require(asked.caller, case, Sight.CONDUCTING)
        return case.refer(body, advice, now, receipt)

    return await _change(asked, case_id, Sight.STAFF, change)


async def take_back_case(asked: Asked, case_id: str, result: str) -> MediationCase:
    """The other body returned the case."""
    return await _change(asked, case_id, Sight.CONDUCTING, lambda case, now: case.take_back(now, result))


async def record_consent(asked: Asked, case_id: str, party_id: str, given: bool) -> MediationCase:
    """Staff record any party's word; a party gives only its own."""

    def change(case: MediationCase, now: datetime) -> Sequence[EventData]:
        _require_own(asked.caller, case, party_id)
        return case.record_consent(party_id, given, asked.caller.person, now)

    return await _change(asked, case_id, Sight.PARTY, change)


async def stop_mediation(asked: Asked, case_id: str, party_id: str) -> MediationCase:
    """A party stops; nobody may keep it."""

    def change(case: MediationCase, now: datetime) -> Sequence[EventData]:
        _require_own(asked.caller, case, party_id)
        return case.stop(party_id, asked.caller.person, now)

    return await _change(asked, case_id, Sight.PARTY, change)


async def assign_mediator(asked: Asked, case_id: str, mediator: Mediator | None, reason: str | None) -> MediationCase:
    """Give the case to `mediator`, or take it oneself."""
    chosen = mediator or _self(asked.caller)
    return await _change(asked, case_id, Sight.STAFF, lambda case, _: case.assign(chosen, reason))


async def hold_session(asked: Asked, case_id: str, session: Session) -> MediationCase:
    """The mediator enters a session; its place is a venue of the register, or said in words."""
    if session.venue_id is not None:
        venue = await asked.store.find(VENUES.name, session.venue_id)
        if venue is None:
            raise InvalidInput(path=("venueId",), reason="venueId")
        session.place = session.place.strip() or f"{venue['name']}, {venue['address']}"
    if not session.place.strip():
        raise InvalidInput(path=("place",), reason="place, venueId")
    return await _change(asked, case_id, Sight.CONDUCTING, lambda case, _: case.hold_session(session))


async def adjourn_case(asked: Asked, case_id: str, until: datetime | None) -> MediationCase:
    """The mediator pauses the case."""
    return await _change(asked, case_id, Sight.CONDUCTING, lambda case, _: case.adjourn(until))


async def record_agreement(
    asked: Asked, case_id: str, form: AgreementForm, terms: str, obligations: Sequence[Obligation]
) -> MediationCase:
    """The mediator enters what was agreed; before a mediator is assigned, staff may settle orally on the spot."""

    def change(case: MediationCase, now: datetime) -> Sequence[EventData]:
        if case.mediator:
            require(asked.caller, case, Sight.CONDUCTING)
        return case.agree(form, terms, obligations, _self(asked.caller), now)

    return await _change(asked, case_id, Sight.STAFF, change)


async def sign_agreement(asked: Asked, case_id: str, party_id: str | None) -> MediationCase:
    """A party signs for itself, or the mediator: for himself (None) or recording a party's signature on paper."""

    def change(case: MediationCase, now: datetime) -> Sequence[EventData]:
        if party_id is None or party_id not in own_parties(asked.caller, case):
            require(asked.caller, case, Sight.CONDUCTING)
        return case.sign(party_id, asked.caller.person, now)

    return await _change(asked, case_id, Sight.PARTY, change)


async def fulfil_obligation(asked: Asked, case_id: str, obligation_id: str, proof: str) -> MediationCase:
    """Staff accept the proof that an obligation is met."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, now: case.fulfil(obligation_id, proof, now))


async def report_breach(asked: Asked, case_id: str) -> MediationCase:
    """A party or staff report an overdue obligation."""
    return await _change(asked, case_id, Sight.PARTY, lambda case, now: case.breach(now))


async def fail_case(asked: Asked, case_id: str, advice: Advice) -> MediationCase:
    """The mediator ends the mediation and tells the remedies."""
    return await _change(asked, case_id, Sight.CONDUCTING, lambda case, _: case.fail(advice))


async def archive_case(asked: Asked, case_id: str, result: str | None) -> MediationCase:
    """Staff close the file."""
    return await _change(asked, case_id, Sight.STAFF, lambda case, _: case.archive(result))


async def breach_overdue(store: Store, case_id: str) -> None:
    """Timed: the due date of an obligation has come."""

    async def attempt(unit: UnitOfWork) -> None:
        case = await unit.get(CASES, case_id)
        if case.state is State.PERFORMING and case.overdue(unit.now):
            unit.save(CASES, case, case.breach(unit.now))

    await store.run(attempt)


def _self(caller: Caller) -> Mediator:
    return Mediator(person=caller.person, post=caller.post)


def _require_own(caller: Caller, case: MediationCase, party_id: str) -> None:
    """A party speaks for itself only; staff for every party they heard."""
    own = own_parties(caller, case)
    if own and party_id not in own:
        raise NotForParties(path=("partyId",))


async def _change(asked: Asked, case_id: str, needed: Sight, change: Change) -> MediationCase:
    async def attempt(unit: UnitOfWork) -> MediationCase:
        case = await unit.get(CASES, case_id)
        require(asked.caller, case, needed)
        unit.save(CASES, case, change(case, unit.now))
        return case

    return await _run(asked, attempt)


async def _run(asked: Asked, attempt: Callable[[UnitOfWork], Awaitable[MediationCase]]) -> MediationCase:
    async def first_result(case_id: str) -> MediationCase:
        return await load_case(asked.store.mongo, case_id)

    return await asked.store.run(attempt, actor=asked.caller.actor, command=asked.command, replay=first_result)
