"""A work order: one accountable lead post, from dispatch to closure (domain.md §3.2, R-06, R-31, R-32).

The accept clock runs from the dispatch and silence accepts, so that nobody gains by not signing; the resolve clock runs from the
moment the report was received. An order never has no lead: while it is returned, the post that returned it stays named.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import human_number, new_id
from services.routing.errors.work_order import (
    DispatchedToReturner,
    EvidenceMissing,
    OrderStateForbids,
    ReturnLimitReached,
    VerifierHandledOrder,
)
from services.routing.events.work_order import (
    OrderAccepted,
    OrderClosed,
    OrderDispatched,
    OrderRecalled,
    OrderReturned,
    OrderReworked,
    OrderStarted,
    OrderSubmitted,
    OrderVerified,
)
from services.routing.model.decision import Decision
from services.routing.model.evidence import Evidence, check_evidence
from services.routing.model.organisation import Post
from services.routing.model.point import Point
from services.routing.model.routing import Verdict
from services.routing.model.texts import MAX_TEXT, optional, required

RETURN_LIMIT = 2


class OrderState(StrEnum):
    """Where in the process an order is; what came of it is its disposition."""

    DISPATCHED = "dispatched"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WORKING = "working"
    SUBMITTED = "submitted"
    REWORK = "rework"
    VERIFIED = "verified"
    CLOSED = "closed"
    RECALLED = "recalled"


class Disposition(StrEnum):
    """With what result a matter ends (domain.md §3.1)."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PARTLY_SOLVED = "partly_solved"
    DEFERRED = "deferred"
    NOT_COMPETENT = "not_competent"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"


Act = Literal["dispatch", "accept", "return", "start", "submit", "send_back", "reopen", "verify", "close", "recall"]

_S = OrderState
# Which state allows which act, and where it leads. Whatever is not here is refused.
TRANSITIONS: dict[Act, tuple[frozenset[OrderState], OrderState]] = {
    "dispatch": (frozenset({_S.RETURNED}), _S.DISPATCHED),
    "accept": (frozenset({_S.DISPATCHED}), _S.ACCEPTED),
    "return": (frozenset({_S.DISPATCHED}), _S.RETURNED),
    "start": (frozenset({_S.ACCEPTED, _S.REWORK}), _S.WORKING),
    "submit": (frozenset({_S.WORKING}), _S.SUBMITTED),
    "send_back": (frozenset({_S.SUBMITTED}), _S.REWORK),
    "reopen": (frozenset({_S.VERIFIED, _S.CLOSED}), _S.REWORK),
    "verify": (frozenset({_S.SUBMITTED}), _S.VERIFIED),
    "close": (frozenset({_S.VERIFIED}), _S.CLOSED),
    "recall": (frozenset(_S) - {_S.CLOSED, _S.RECALLED}, _S.RECALLED),
}
_DONE: dict[Act, tuple[str, str]] = {
    "dispatch": ("dispatched again", "改派"),
    "accept": ("accepted", "接单"),
    "return": ("returned", "退回"),
    "start": ("started", "开始办理"),
    "submit": ("submitted", "回单"),
    "send_back": ("sent back", "发回重办"),
    "reopen": ("reopened", "重新办理"),
    "verify": ("verified", "审核"),
    "close": ("closed", "办结"),
    "recall": ("recalled", "撤回"),
}
_STATE_ZH: dict[OrderState, str] = {
    _S.DISPATCHED: "已派单",
    _S.RETURNED: "已退回",
    _S.ACCEPTED: "已接单",
    _S.WORKING: "办理中",
    _S.SUBMITTED: "已回单",
    _S.REWORK: "重办",
    _S.VERIFIED: "已审核",
    _S.CLOSED: "已办结",
    _S.RECALLED: "已撤回",
}
_AT_WORK = frozenset({_S.ACCEPTED, _S.WORKING, _S.REWORK})


class Dispatch(msgspec.Struct, kw_only=True):
    """One post's turn at leading the order; the last one is the present."""

    post: str
    unit: str
    at: datetime
    by: Actor
    accept_by: datetime
    accepted_at: datetime | None = None
    by_silence: bool = False
    returned_at: datetime | None = None
    basis: str | None = None


class Rework(msgspec.Struct, frozen=True, kw_only=True):
    """The work had to be done again, and why: `by_caller` when the report was reopened."""

    at: datetime
    by: Actor
    by_caller: bool
    reason: str


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """The reply and what shows it."""

    at: datetime
    by: Actor
    reply: str
    evidence: tuple[Evidence, ...]
    no_evidence_reason: str | None


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The check by somebody who did not do the work."""

    at: datetime
    by: Actor
    disposition: Disposition
    reason: str


class CallerVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller said of the result; `satisfaction` is 1 to 5, None after silence (R-11)."""

    at: datetime
    satisfaction: int | None
    by_silence: bool


class WorkOrder(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `due_at` is the moment the lead must have acted by, None while others are to act; `next_step_at` is when the clock itself acts.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    number: str
    report_id: str
    report_number: str
    decision_id: str
    rule_id: str
    category: str
    area_id: str | None
    area_path: tuple[str, ...]
    place: Point | None = None
    urgency: str
    sensitivity: str
    caller_person: str | None
    received_at: datetime
    state: OrderState
    open: bool = True
    lead_post: str
    lead_unit: str
    dispatches: list[Dispatch]
    accept_minutes: int
    accept_by: datetime
    resolve_by: datetime
    due_at: datetime | None
    next_step_at: datetime | None
    started_at: datetime | None = None
    submission: Submission | None = None
    reworks: list[Rework] = msgspec.field(default_factory=list)
    verification: Verification | None = None
    verdict: CallerVerdict | None = None
    closed_at: datetime | None = None
    recalled_at: datetime | None = None
    recall_reason: str | None = None

    @classmethod
    def dispatch(
        cls, decision: Decision, verdict: Verdict, now: datetime, by: Actor
    ) -> tuple["WorkOrder", list[EventData]]:
        """The order that follows from a decision; both clocks are running."""
        report = decision.report
        accept_by = now + timedelta(minutes=verdict.accept_minutes)
        order = cls(
            id=new_id("order"),
            number=human_number(now),
            report_id=report.report_id,
            report_number=report.number,
            decision_id=decision.id,
            rule_id=verdict.rule_id,
            category=report.category,
            area_id=report.area_id,
            area_path=report.area_path,
            place=report.place,
            urgency=report.urgency,
            sensitivity=report.sensitivity,
            caller_person=report.caller_person,
            received_at=report.received_at,
            state=OrderState.DISPATCHED,
            lead_post=verdict.lead_post,
            lead_unit=verdict.lead_unit,
            dispatches=[Dispatch(post=verdict.lead_post, unit=verdict.lead_unit, at=now, by=by, accept_by=accept_by)],
            accept_minutes=verdict.accept_minutes,
            accept_by=accept_by,
            resolve_by=report.received_at + timedelta(hours=verdict.resolve_hours),
            due_at=accept_by,
            next_step_at=accept_by,
        )
        return order, [order._dispatched(redispatch=False)]

    @property
    def sealed(self) -> bool:
        """Whether no text of this matter may leave in an event."""
        return self.sensitivity == "sealed"

    @property
    def returns(self) -> int:
        """How often it was returned."""
        return sum(turn.returned_at is not None for turn in self.dispatches)

    @property
    def current(self) -> Dispatch:
        """The turn of the present lead."""
        return self.dispatches[-1]

    @property
    def reply(self) -> str | None:
        """The official answer, once handed in."""
        return self.submission.reply if self.submission else None

    def dispatch_again(self, post: Post, now: datetime, by: Actor) -> list[EventData]:
        """The centre names another lead after a return; the accept clock starts anew, the resolve clock does not."""
        self._allow("dispatch")
        if post.id == self.lead_post:
            raise DispatchedToReturner(path=("postId",))
        self.lead_post, self.lead_unit = post.id, post.unit_id
        self.accept_by = now + timedelta(minutes=self.accept_minutes)
        self.dispatches.append(Dispatch(post=post.id, unit=post.unit_id, at=now, by=by, accept_by=self.accept_by))
        self._enter("dispatch")
        return [self._dispatched(redispatch=True)]

    def accept(self, now: datetime) -> list[EventData]:
        """The lead takes the order."""
        self._allow("accept")
        return self._accepted(now, by_silence=False)

    def accept_by_silence(self, now: datetime) -> list[EventData]:
        """The accept clock has run out: the order counts as accepted. No event when it is not so far, or was decided."""
        if self.state is not OrderState.DISPATCHED or now < self.accept_by:
            return []
        return self._accepted(now, by_silence=True)

    def give_back(self, basis: str, now: datetime) -> list[EventData]:
        """The lead says 'not ours', with its basis; at most twice in an order's life (R-32)."""
        self._allow("return")
        if self.returns >= RETURN_LIMIT:
            raise ReturnLimitReached(limit=RETURN_LIMIT)
        basis = required(basis, "basis", "退回依据", ("basis",))
        self.current.returned_at = now
        self.current.basis = basis
        self._enter("return")
        return [OrderReturned(order_id=self.id, report_id=self.report_id, basis=self._told(basis))]

    def start(self, now: datetime) -> list[EventData]:
        """Work begins, or begins again."""
        self._allow("start")
        self.started_at = now
        self._enter("start")
        return [OrderStarted(order_id=self.id, report_id=self.report_id)]

    def submit(
        self,
        reply: str,
        evidence: Sequence[Evidence],
        no_evidence_reason: str | None,
        now: datetime,
        by: Actor,
    ) -> list[EventData]:
        """Hand in the reply with evidence, or with the reason for having none."""
        self._allow("submit")
        reply = required(reply, "reply", "答复", ("reply",))
        reason = optional(no_evidence_reason, ("noEvidenceReason",))
        if not evidence and reason is None:
            raise EvidenceMissing(path=("evidence",))
        check_evidence(evidence)
        self.submission = Submission(at=now, by=by, reply=reply, evidence=tuple(evidence), no_evidence_reason=reason)
        self._enter("submit")
        return [OrderSubmitted(order_id=self.id, report_id=self.report_id, evidence_count=len(evidence))]

    def send_back(self, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """The checker is not satisfied: the lead works again."""
        self._allow("send_back")
        self._check_outsider(by)
        return self._rework("send_back", required(reason, "reason", "重办理由", ("reason",)), now, by, by_caller=False)

    def reopen(self, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """The caller is not satisfied: the lead works again (R-11)."""
        self._allow("reopen")
        self.closed_at = None
        self.verification = None
        self.verdict = None
        return self._rework("reopen", reason[:MAX_TEXT], now, by, by_caller=True)

    def verify(self, disposition: Disposition, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """Somebody outside the handling unit confirms the result and says what came of it (R-06)."""
        self._allow("verify")
        self._check_outsider(by)
        reason = required(reason, "reason", "处理结果说明", ("reason",))
        self.verification = Verification(at=now, by=by, disposition=disposition, reason=reason)
        self._enter("verify")
        return [
            OrderVerified(
                order_id=self.id,
                report_id=self.report_id,
                reply=self._told(self.reply or ""),
                disposition=disposition,
                disposition_reason=self._told(reason),
            )
        ]

    def close(self, verdict: CallerVerdict, now: datetime) -> list[EventData]:
        """The caller has agreed, or kept silent: the order ends with the verified disposition."""
        self._allow("close")
        assert self.verification  # what makes an order verified
        self.verdict = verdict
        self.closed_at = now
        self._enter("close")
        return [
            OrderClosed(
                order_id=self.id,
                report_id=self.report_id,
                disposition=self.verification.disposition,
                disposition_reason=self._told(self.verification.reason),
            )
        ]

    def recall(self, reason: str, now: datetime) -> list[EventData]:
        """Take the order back for good: it should not have been, or need not be."""
        self._allow("recall")
        reason = required(reason, "reason", "撤回理由", ("reason",))
        self.recalled_at = now
        self.recall_reason = reason
        self._enter("recall")
        return [OrderRecalled(order_id=self.id, report_id=self.report_id, reason=self._told(reason))]

    def _allow(self, act: Act) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise OrderStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )

    def _enter(self, act: Act) -> None:
        self.state = TRANSITIONS[act][1]
        self.open = self.state not in (OrderState.CLOSED, OrderState.RECALLED)
        self.next_step_at = self.accept_by if self.state is OrderState.DISPATCHED else None
        if self.state is OrderState.DISPATCHED:
            self.due_at = self.accept_by
        else:
            self.due_at = self.resolve_by if self.state in _AT_WORK else None

    def _accepted(self, now: datetime, *, by_silence: bool) -> list[EventData]:
        self.current.accepted_at = now
        self.current.by_silence = by_silence
        self._enter("accept")
        return [OrderAccepted(order_id=self.id, report_id=self.report_id, by_silence=by_silence)]

    def _rework(self, act: Act, reason: str, now: datetime, by: Actor, *, by_caller: bool) -> list[EventData]:
        self.reworks.append(Rework(at=now, by=by, by_caller=by_caller, reason=reason))
        self._enter(act)
        return [OrderReworked(order_id=self.id, report_id=self.report_id, reason=self._told(reason))]

    def _check_outsider(self, by: Actor) -> None:
        """The verifier is not in the handling unit: neither the lead's unit nor that of whoever handed the reply in."""
        handed_in = self.submission.by if self.submission else Actor()
        insiders = {self.lead_unit, self.lead_post, handed_in.unit, handed_in.person}
        if not insiders.isdisjoint({by.unit, by.post, by.person} - {None}):
            raise VerifierHandledOrder

    def _told(self, text: str) -> str:
        """A text as an event may carry it: nothing of a sealed matter."""
        return "" if self.sealed else text

    def _dispatched(self, *, redispatch: bool) -> OrderDispatched:
        return OrderDispatched(
            order_id=self.id,
            number=self.number,
            report_id=self.report_id,
            decision_id=self.decision_id,
            rule_id=self.rule_id,
            lead_post=self.lead_post,
            lead_unit=self.lead_unit,
            area_path=list(self.area_path),
            accept_by=self.accept_by,
            resolve_by=self.resolve_by,
            redispatch=redispatch,
        )
