"""One function a command: check the caller, load, one method of the model, save."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import msgspec

from services.chassis.errors import InvalidInput, NotFound
from services.chassis.events import SYSTEM, Actor, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Command, Store, UnitOfWork
from services.intake import commands
from services.intake.errors import CallLevelNotAllowed, StaffOnly
from services.intake.model.areas import Area
from services.intake.model.category import Category, CategoryData
from services.intake.model.report import Report
from services.intake.model.values import CallLevel, Channel, IdentityMode, Importance, Mode, Party, State
from services.intake.model.visibility import may_direct, may_see, speaks_for_caller
from services.intake.reference import Reference
from services.intake.store import CATEGORIES, CATEGORY, REPORT, REPORTS, add_report, save_report

TEXT_LIMIT = 20_000
_REASON_LIMIT = 2_000
_MEDIA_LIMIT = 9
_MEDIA_REF_LIMIT = 512
_KEY_LIMIT = 128
_FUTURE = timedelta(minutes=5)
_RESIDENT_CHANNELS = frozenset({Channel.PUBLIC, Channel.MINI_PROGRAM})
_LEVELS = list(CallLevel)


async def submit_report(store: Store, reference: Reference, caller: Caller, command: commands.SubmitReport) -> Report:
    """File a report, for oneself or for somebody else (I-01 to I-08). Raises Refusal.

    In the common path nothing is read: areas and categories are in memory, the transaction only inserts.
    """

    async def attempt(unit: UnitOfWork) -> Report:
        _check_key(command.key)
        _check_text(command.text, "text", TEXT_LIMIT)
        if len(command.media) > _MEDIA_LIMIT or any(len(ref) > _MEDIA_REF_LIMIT for ref in command.media):
            raise InvalidInput(path=("media",), reason=f"≤ {_MEDIA_LIMIT} × {_MEDIA_REF_LIMIT}")
        if command.occurred_at and command.occurred_at > unit.now + _FUTURE:
            raise InvalidInput(path=("occurredAt",), reason="future")
        _check_staff_fields(caller, command)
        call_level = _call_level(reference, caller, command.call_level)
        category = await reference.category(command.category) if command.category else None
        area = await _area(reference, command)
        report, announced = Report.submit(
            now=unit.now,
            kind=command.kind,
            call_level=call_level,
            channel=_channel(caller, command.channel),
            caller=command.on_behalf_of or _party(caller),
            collector=_party(caller) if command.on_behalf_of else None,
            identity_mode=command.identity_mode,
            external_ref=command.external_ref,
            text=command.text,
            media=command.media,
            category=category,
            place=command.place,
            area=area,
            area_path=area.path if area else await _path_without_place(reference, caller),
            urgency=command.urgency,
            importance=command.importance or Importance.NORMAL,
            mode=command.mode or Mode.ROUTINE,
            track=command.track,
            occurred_at=command.occurred_at,
        )
        add_report(unit, report, announced)
        return report

    known = command.identity_mode is IdentityMode.OPEN
    hidden = not known and command.on_behalf_of is None
    person = _digest(caller.person) if hidden else caller.person
    return await store.run(
        attempt,
        actor=SYSTEM if hidden else _actor(caller, command.on_behalf_of if known else None),
        command=Command.of(person, "submitReport", command.key, command),
        replay=lambda report_id: _load(store, report_id),
    )


async def triage_report(store: Store, reference: Reference, caller: Caller, command: commands.TriageReport) -> Report:
    """Set category, place and grading (I-11, I-13, I-14). Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(may_direct(report, caller))
        category = await reference.category(command.category)
        area = await reference.area_at(command.place) if command.place else None
        return report.triage(
            category,
            place=command.place,
            area=area,
            kind=command.kind,
            urgency=command.urgency,
            importance=command.importance,
            mode=command.mode,
            track=command.track,
        )

    return await _change(store, caller, "triageReport", command, decide)


async def answer_report(store: Store, caller: Caller, command: commands.AnswerReport) -> Report:
    """Reply without an order: a consultation, or settled on the spot. Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(may_direct(report, caller))
        _check_text(command.reply, "reply", TEXT_LIMIT)
        if command.duplicate_of:
            original = await unit.get(REPORT, command.duplicate_of)
            if original.id == report.id or not may_see(original, caller):
                raise NotFound(path=("duplicateOf",), what=REPORT.what)
        return report.answer_directly(
            unit.now,
            reply=command.reply,
            disposition=command.disposition,
            reason=command.reason,
            duplicate_of=command.duplicate_of,
        )

    return await _change(store, caller, "answerReport", command, decide)


async def confirm_report(store: Store, caller: Caller, command: commands.ConfirmReport) -> Report:
    """The caller's verdict, 1 to 5. Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(speaks_for_caller(report, caller))
        if not 1 <= command.satisfaction <= 5:
            raise InvalidInput(path=("satisfaction",), reason="1..5")
        return report.confirm(unit.now, command.satisfaction)

    return await _change(store, caller, "confirmReport", command, decide)


async def reopen_report(store: Store, caller: Caller, command: commands.ReopenReport) -> Report:
    """The caller does not agree. Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(speaks_for_caller(report, caller))
        _check_text(command.reason, "reason", _REASON_LIMIT)
        return report.reopen(unit.now, command.reason)

    return await _change(store, caller, "reopenReport", command, decide)


async def withdraw_report(store: Store, caller: Caller, command: commands.WithdrawReport) -> Report:
    """The caller takes it back. Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(speaks_for_caller(report, caller))
        _check_text(command.reason, "reason", _REASON_LIMIT)
        return report.withdraw(unit.now, command.reason)

    return await _change(store, caller, "withdrawReport", command, decide)


async def convert_report(store: Store, caller: Caller, command: commands.ConvertReport) -> Report:
    """The centre makes it a dispute, for mediation. Raises Refusal."""

    async def decide(report: Report, unit: UnitOfWork) -> list[EventData]:
        _require(caller.has("centre") and caller.covers(report.area_path))
        _check_text(command.reason, "reason", _REASON_LIMIT)
        return report.convert(command.dispute_type, command.reason)

    return await _change(store, caller, "convertReport", command, decide)


async def confirm_by_silence(store: Store, report_id: str) -> None:
    """The timed step: no verdict in seven days is a yes. Does nothing when the report has moved on meanwhile."""

    async def attempt(unit: UnitOfWork) -> None:
        report = await unit.get(REPORT, report_id)
        if report.state in (State.RESOLVED, State.ANSWERED) and report.silence_is_over(unit.now):
            save_report(unit, report, report.confirm_by_silence(unit.now))
        else:
            report.set_next_step()
            save_report(unit, report)

    await store.run(attempt)


async def publish_categories(store: Store, given: list[CategoryData]) -> int:
    """Bring the catalogue in step with `given`; what is there and not given stays. Returns how many changed."""
    changed = 0
    for data in given:

        async def attempt(unit: UnitOfWork, data: CategoryData = data) -> bool:
            document = await unit.mongo[CATEGORIES.name].find_one({"_id": data.code})
            if document is None:
                category, announced = Category.publish(data)
                unit.add(CATEGORY, category, announced)
                return True
            category = CATEGORY.from_document(document)
            if announced := category.change(data):
                unit.save(CATEGORY, category, announced)
            return bool(announced)

        changed += await store.run(attempt)
    return changed


class _OnReport(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def report_id(self) -> str: ...


async def _change(
    store: Store,
    caller: Caller,
    name: str,
    command: _OnReport,
    decide: Callable[[Report, UnitOfWork], Awaitable[list[EventData]]],
) -> Report:
    """Load a report the caller may see, decide, save; what the caller may not see is not found."""

    async def attempt(unit: UnitOfWork) -> Report:
        _check_key(command.key)
        report = await unit.get(REPORT, command.report_id)
        if not may_see(report, caller):
            raise NotFound(what=REPORT.what)
        save_report(unit, report, await decide(report, unit))
        return report

    async def replay(report_id: str) -> Report:
        report = await _load(store, report_id)
        if not may_see(report, caller):
            raise NotFound(what=REPORT.what)
        return report

    return await store.run(
        attempt,
        actor=_actor(caller),
        command=Command.of(caller.person, name, command.key, command),
        replay=replay,
    )


async def _load(store: Store, report_id: str) -> Report:
    document = await store.mongo[REPORTS.name].find_one({"_id": report_id})
    if document is None:
        raise NotFound(what=REPORT.what)
    return REPORT.from_document(document)


def _require(permitted: bool) -> None:
    if not permitted:
        raise StaffOnly()


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= _KEY_LIMIT:
        raise InvalidInput(path=("idempotencyKey",), reason=f"1..{_KEY_LIMIT}")


def _check_text(text: str, field: str, limit: int) -> None:
    if not text.strip() or len(text) > limit:
        raise InvalidInput(path=(field,), reason=f"1..{limit}")


def _check_staff_fields(caller: Caller, command: commands.SubmitReport) -> None:
    if caller.has("attendant", "centre"):
        return
    given = {
        "onBehalfOf": command.on_behalf_of,
        "externalRef": command.external_ref,
        "urgency": command.urgency,
        "importance": command.importance,
        "mode": command.mode,
        "track": command.track,
    }
    for field, value in given.items():
        if value is not None:
            raise StaffOnly(path=(field,))


def _call_level(reference: Reference, caller: Caller, wanted: CallLevel | None) -> CallLevel:
    """The level asked for, or the highest the caller's post makes; posts also call below their own level (I-01)."""
    own = reference.areas.call_level(caller.area) if caller.area else None
    allowed: list[CallLevel] = []
    if caller.has("attendant", "centre") and own:
        allowed = _LEVELS[: _LEVELS.index(own) + 1]
    elif caller.has("resident", "attendant", "centre"):
        allowed = [CallLevel.PUBLIC]
    if not allowed or (wanted and wanted not in allowed):
        raise CallLevelNotAllowed(path=("callLevel",), level=wanted or "-")
    return wanted or allowed[-1]


def _channel(caller: Caller, wanted: Channel | None) -> Channel:
    if caller.has("attendant", "centre"):
        return wanted or (Channel.ATTENDANT if caller.has("attendant") else Channel.ORGAN)
    if wanted and wanted not in _RESIDENT_CHANNELS:
        raise StaffOnly(path=("channel",))
    return wanted or Channel.PUBLIC


async def _area(reference: Reference, command: commands.SubmitReport) -> Area | None:
    if command.place:
        return await reference.area_at(command.place)
    return await reference.area(command.area_id) if command.area_id else None


async def _path_without_place(reference: Reference, caller: Caller) -> list[str]:
    """Where somebody will look for it: the caller's own area, else the whole district."""
    if caller.area and (area := reference.areas.by_id.get(caller.area)):
        return area.path
    return await reference.root_path()


def _party(caller: Caller) -> Party:
    return Party(person=caller.person, post=caller.post, unit=caller.unit)


def _actor(caller: Caller, behalf: Party | None = None) -> Actor:
    actor = caller.actor
    return msgspec.structs.replace(actor, on_behalf_of=behalf.person) if behalf and behalf.person else actor


def _digest(person: str) -> str:
    # A hidden identity must not be read from the key of the command either.
    return hashlib.blake2b(person.encode(), digest_size=16).hexdigest()
