"""Calls: made by a report of an organ, answered, raised, released and rated by posts, closed with the report.

`make`, `climb`, `close`, `reopen` and `withdraw` stage their effect on the unit of work of the event or step that calls for it.
"""

from collections.abc import Sequence

from services.chassis.errors import InvalidInput, NotFound, RoleMissing
from services.chassis.events import SYSTEM, Actor, EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.call import called_post, require_calling_organ, require_raise, require_release_of_rung
from services.routing.directory import LiveDirectory
from services.routing.errors.call import AlreadyCalled, CallNotHigher, OrderStillOpen
from services.routing.events.call import CallOverdue
from services.routing.handlers.commands import change, create
from services.routing.handlers.ladder import escalation as escalations
from services.routing.handlers.ladder.notice import tell
from services.routing.handlers.order.family import consequences
from services.routing.handlers.rules.decisions import report_in_area
from services.routing.model.ladder.call import Aspect, Call, respondent
from services.routing.model.ladder.escalation_parts import Subject, SubjectKind, Trigger
from services.routing.model.ladder.notice import NoticeKind
from services.routing.model.ladder.rating import Rating
from services.routing.model.ladder.rungs import next_above
from services.routing.model.order.work_order import OrderState, WorkOrder
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import PostLevel
from services.routing.model.rules.decision import ReportFacts
from services.routing.model.rules.matter import CallLevel, Mode
from services.routing.model.rules.policy import AfterBadResult
from services.routing.store.call import CALLS
from services.routing.store.work_order import WORK_ORDERS

_LADDER = "call"  # where the policy's clock names none
_CLIMBED = "逾期未应,自动提级 (nobody answered in time)"
_NOT_CONTENT = "呼叫单位对办理结果不满意 (the calling organ is not content with the result)"
_WITHDRAWN = "诉求已撤回 (the report was withdrawn)"


def make(unit: UnitOfWork, directory: Directory, report: ReportFacts) -> None:
    """A triaged report by an organ is a call: somebody one level up must answer it. Reads nothing."""
    level = CallLevel(report.call_level) if report.call_level else CallLevel.PUBLIC
    if level is CallLevel.PUBLIC or report.caller_post is None:
        return
    caller = Actor(person=report.caller_person, post=report.caller_post, unit=report.caller_unit)
    if made := Call.make(report, level, caller, directory, unit.now):
        call, events = made
        unit.add(CALLS, call, events)
        _tell_newest(unit, call)


async def make_once(unit: UnitOfWork, directory: Directory, report: ReportFacts) -> None:
    """The same for a report that was triaged before: its call stays as it is."""
    if await _of_report(unit, report.report_id) is None:
        make(unit, directory, report)


async def climb(unit: UnitOfWork, directory: Directory, call_id: str, post_id: str) -> None:
    """The ladder has climbed to a post: it owes an answer too, unless the call stands as high already."""
    call = await unit.get(CALLS, call_id)
    post = directory.posts.get(post_id)
    if call.open and post is not None:
        try:
            events = call.raise_to(post, directory.policy, _CLIMBED, SYSTEM, unit.now, automatic=True)
        except CallNotHigher:
            return
        unit.save(CALLS, call, events)


async def close(unit: UnitOfWork, directory: Directory, report_id: str) -> None:
    """The report is confirmed: its call ends, and its ladders, unless the calling organ is not content with the result."""
    call = await _of_report(unit, report_id)
    if call is not None and call.open:
        await _close(unit, directory, call)


async def reopen(unit: UnitOfWork, report_id: str) -> None:
    """The report is open again, and its call if that had ended; the calling organ's post is told (domain.md §4, 1)."""
    call = await _of_report(unit, report_id)
    if call is None:
        return
    # Saved also when it is open: it cannot be closed, for want of an open order, while the order opens again.
    unit.save(CALLS, call, [] if call.open else call.reopen())
    if call.caller_post and call.caller_unit:
        _tell(unit, call, NoticeKind.REOPENED, unit.cause or call.id, call.caller_post, call.caller_unit)


async def withdraw(unit: UnitOfWork, report_id: str) -> None:
    """The report is gone: nobody owes an answer."""
    call = await _of_report(unit, report_id)
    if call is not None and call.open:
        unit.save(CALLS, call, call.withdraw(unit.now))
        await escalations.cancel(unit, SubjectKind.CALL, call.id, _WITHDRAWN)


async def tick(store: Store, directory: LiveDirectory, call_id: str) -> None:
    """The timer's step: warn, and start the ladder for what was not answered in time. Raises StoreError."""

    async def attempt(unit: UnitOfWork) -> None:
        call = await unit.get(CALLS, call_id)
        planned = call.next_step_at
        events = call.tick(unit.now)
        if not events and call.next_step_at == planned:
            return
        unit.save(CALLS, call, events)
        ladders = [event.ladder or _LADDER for event in events if isinstance(event, CallOverdue)]
        if ladders:
            await escalations.start(unit, directory.current, subject_of(call), Trigger.CLOCK_BREACH, ladders)

    await store.run(attempt)


async def call_for_report(
    store: Store, directory: Directory, caller: Caller, key: str, report_id: str, level: CallLevel, reason: str
) -> Call:
    """Staff make a public report a call of their organ, without entering it again (I-02). Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Call, Sequence[EventData]]:
        report = await _report(unit, caller, report_id)
        if await _of_report(unit, report_id) is not None:
            raise AlreadyCalled(path=("reportId",))
        if level is CallLevel.PUBLIC or caller.post is None:
            raise InvalidInput(path=("level",), reason="grid, community, street or elevated, by somebody in a post")
        made = Call.make(report, level, caller.actor, directory, unit.now, reason)
        if made is None:
            raise NotFound(what="post", path=("level",))
        _tell_newest(unit, made[0])
        return made

    return await create(store, CALLS, caller, "callForReport", key, [report_id, level, reason], decide)


async def answer_call(store: Store, caller: Caller, key: str, call_id: str, text: str) -> Call:
    """A called post answers; its ladders end when nobody owes an answer any more. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, call: Call) -> Sequence[EventData]:
        events = call.answer(called_post(caller, call), text, caller.actor, unit.now)
        await _settle_or_progress(unit, call)
        return events

    return await change(store, CALLS, caller, "answerCall", key, call_id, [text], decide)


async def raise_call(
    store: Store, directory: Directory, caller: Caller, key: str, call_id: str, to: PostLevel | None, reason: str
) -> Call:
    """提级: past the next rung, or to the level that is named; those below keep their duty. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, call: Call) -> Sequence[EventData]:
        require_raise(caller, call)
        top = call.top.level
        level = to or next_above(top, by=2)
        post = respondent(directory, level, call.area_path, call.category_path, call.caller_post)
        if post is None:
            raise CallNotHigher(path=("to",), level=top.value)
        subject = subject_of(call)
        events = call.raise_to(post, directory.policy, reason, caller.actor, unit.now)
        clock = call.rungs[-1].clock
        ladder = (clock.target.ladder if clock else None) or _LADDER
        await escalations.raise_by_hand(unit, directory, subject, ladder, post, caller.actor, reason)
        return events

    return await change(store, CALLS, caller, "raiseCall", key, call_id, [to, reason], decide)


async def release_rung(store: Store, caller: Caller, key: str, call_id: str, post: str, reason: str) -> Call:
    """A post above, the calling organ or the centre frees a called post of its duty. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, call: Call) -> Sequence[EventData]:
        require_release_of_rung(caller, call, post)
        events = call.release(post, reason, caller.actor, unit.now)
        if call.owing_posts:
            await escalations.release_with_subject(unit, SubjectKind.CALL, call.id, post, reason)
        else:
            await escalations.settle(unit, SubjectKind.CALL, call.id)
        return events

    return await change(store, CALLS, caller, "releaseCalledPost", key, call_id, [post, reason], decide)


async def rate_call(
    store: Store, directory: Directory, caller: Caller, key: str, call_id: str, aspect: Aspect, mark: int, text: str
) -> Call:
    """The calling organ rates response or result (R-10); what a bad result leads to is policy. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, call: Call) -> Sequence[EventData]:
        require_calling_organ(caller, call)
        orders = await _orders(unit, call.report_id)
        rating = Rating.give(mark, text, caller.actor, unit.now)
        done = any(order.submission is not None for order in orders)
        events = call.rate(aspect, rating, result_is_there=done)
        if aspect is Aspect.RESULT and mark <= directory.policy.limits.bad_mark:
            await _after_bad_result(unit, directory, call, orders)
        return events

    return await change(store, CALLS, caller, "rateCall", key, call_id, [aspect, mark, text], decide)


async def close_call(store: Store, directory: Directory, caller: Caller, key: str, call_id: str) -> Call:
    """The calling organ needs nothing more, and no order is open for it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, call: Call) -> Sequence[EventData]:
        require_calling_organ(caller, call)
        if any(order.open for order in await _orders(unit, call.report_id)):
            raise OrderStillOpen
        events = call.close(unit.now)
        await _end_ladders(unit, directory, call)
        return events

    return await change(store, CALLS, caller, "closeCall", key, call_id, [], decide)


def subject_of(call: Call) -> Subject:
    """The call as a ladder's subject: owned by the highest that owes an answer, else by the highest called."""
    owing = [rung for rung in call.rungs if rung.owes]
    owner = owing[-1] if owing else call.top
    return Subject(
        kind=SubjectKind.CALL,
        id=call.id,
        report_id=call.report_id,
        number=call.number,
        owner_post=owner.post,
        owner_unit=owner.unit,
        area_path=call.area_path,
        category_path=call.category_path,
        sensitivity=call.sensitivity,
        emergency=call.mode == Mode.EMERGENCY,
        emergency_of_place=call.mode_followed,
        caller_unit=call.caller_unit,
    )


async def _after_bad_result(unit: UnitOfWork, directory: Directory, call: Call, orders: Sequence[WorkOrder]) -> None:
    """Rework while the order waits for its check. A ladder runs only once the call is closed: before, it would tell the mark."""
    after = directory.policy.limits.after_bad_result
    waiting = [order for order in orders if order.state is OrderState.SUBMITTED]
    if after is AfterBadResult.REWORK and waiting:
        order = waiting[-1]
        events = order.send_back(_NOT_CONTENT, directory.policy, unit.now, unit.actor)
        await consequences(unit, order)
        unit.save(WORK_ORDERS, order, events)
    elif after is not AfterBadResult.NOTHING and not call.open:
        await _start_for_bad_result(unit, directory, call)


async def _close(unit: UnitOfWork, directory: Directory, call: Call) -> None:
    unit.save(CALLS, call, call.close(unit.now))
    await _end_ladders(unit, directory, call)


async def _end_ladders(unit: UnitOfWork, directory: Directory, call: Call) -> None:
    limits = directory.policy.limits
    bad = call.result is not None and call.result.mark <= limits.bad_mark
    if bad and limits.after_bad_result is AfterBadResult.RAISE:
        await _start_for_bad_result(unit, directory, call)
    else:
        await escalations.settle(unit, SubjectKind.CALL, call.id)


async def _start_for_bad_result(unit: UnitOfWork, directory: Directory, call: Call) -> None:
    await escalations.start(unit, directory, subject_of(call), Trigger.BAD_RATING, [_LADDER])


async def _settle_or_progress(unit: UnitOfWork, call: Call) -> None:
    if call.owing_posts:
        await escalations.progressed(unit, SubjectKind.CALL, call.id)
    else:
        await escalations.settle(unit, SubjectKind.CALL, call.id)


def _tell_newest(unit: UnitOfWork, call: Call) -> None:
    rung = call.rungs[-1]
    _tell(unit, call, NoticeKind.CALL, f"{call.id}:{len(call.rungs)}", rung.post, rung.unit)


def _tell(unit: UnitOfWork, call: Call, kind: NoticeKind, source: str, post: str, org_unit: str) -> None:
    tell(
        unit,
        kind,
        source=source,
        post=post,
        org_unit=org_unit,
        subject_kind=SubjectKind.CALL,
        subject_id=call.id,
        number=call.number,
    )


async def _report(unit: UnitOfWork, caller: Caller, report_id: str) -> ReportFacts:
    """The facts of a report that staff of its place may call for. Raises NotFound, RoleMissing."""
    report = await report_in_area(unit, caller, report_id)
    if not caller.has("attendant", "handler", "centre"):
        raise RoleMissing(roles="attendant, handler, centre")
    return report


async def _of_report(unit: UnitOfWork, report_id: str) -> Call | None:
    row = await unit.mongo[CALLS.collection.name].find_one({"report_id": report_id})
    return unit.known(CALLS, row) if row else None


async def _orders(unit: UnitOfWork, report_id: str) -> Sequence[WorkOrder]:
    rows = unit.mongo[WORK_ORDERS.collection.name].find({"report_id": report_id}).sort("_id", 1)
    return [unit.known(WORK_ORDERS, row) for row in await rows.to_list(None)]
