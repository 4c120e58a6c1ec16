"""Doing the work: the way there, the work, the reply with what shows it, the check, the caller's verdict (R-06, R-09, R-11)."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from services.chassis.events import Actor, EventData
from services.routing.errors.work_order import (
    CheckInMissing,
    EvidenceIncomplete,
    EvidenceMissing,
    NotInSample,
    NotInTheField,
    SamePhotoTwice,
    SignpostMissing,
    StillOpenBelow,
    VerifierHandledOrder,
)
from services.routing.events.work_order import (
    OrderCheckedIn,
    OrderClosed,
    OrderDeparted,
    OrderReported,
    OrderReworked,
    OrderSampleChecked,
    OrderStarted,
    OrderSubmitted,
    OrderVerified,
)
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.evidence import Evidence, EvidenceKind, Stage, check_evidence
from services.routing.model.order.parts import (
    CallerVerdict,
    CheckIn,
    Progress,
    Result,
    Rework,
    SampleCheck,
    Submission,
    Verification,
)
from services.routing.model.order.record import OrderRecord
from services.routing.model.order.states import Act, Disposition
from services.routing.model.organisation.point import Point
from services.routing.model.rules.policy import Grade, Policy
from services.routing.model.texts import MAX_TEXT, optional, required

_CHECKING = "审核 (verification)"
FAILED_CHECK = "抽查未通过 (not found as was said when it was looked at)"
_NEEDS_SIGNPOST = frozenset({Disposition.NOT_COMPETENT, Disposition.UNFOUNDED})


class Handling(OrderRecord, kw_only=True):
    """The commands of the lead on its way to the reply, and of those who check it."""

    def depart(self, now: datetime) -> list[EventData]:
        """Somebody sets out."""
        self.check("depart", now)
        if self.current.arrive is None:
            raise NotInTheField
        self.current.departed_at = now
        self.enter("depart", now)
        return [OrderDeparted(**self.ids(), post=self.lead_post)]

    def check_in(self, place: Point | None, accuracy: float | None, now: datetime, by: Actor) -> list[EventData]:
        """Somebody of the lead is there (报到): who, when, where."""
        self.check("check_in", now)
        if self.current.arrive is None and self.current.departed_at is None:
            raise NotInTheField
        self.current.check_in = CheckIn.of(place, accuracy, now, by)
        if self.current.arrive:
            self.current.arrive.stop(now)
        self.enter("check_in", now)
        return [OrderCheckedIn(**self.ids(), post=self.lead_post, unit=self.lead_unit, accuracy=accuracy)]

    def start(self, now: datetime) -> list[EventData]:
        """Work begins, or begins again. Where somebody must go out, they check in first."""
        self.check("start", now)
        if self.current.arrive is not None and self.current.check_in is None:
            raise CheckInMissing
        self.started_at = now
        self.enter("start", now)
        return [OrderStarted(**self.ids())]

    def report_back(self, text: str, now: datetime, by: Actor) -> list[EventData]:
        """A word to the caller on how far it is; the first one keeps the clock of the first report."""
        self.check("report_back", now)
        text = required(text, "text", "进展", ("text",))
        self.progress.append(Progress(at=now, by=by, text=text))
        self.stop_clock(ClockKind.FIRST_REPORT, now)
        self.settle(now)
        return [OrderReported(**self.ids(), text=self.told(text))]

    def submit(
        self,
        reply: str,
        evidence: Sequence[Evidence],
        no_evidence_reason: str | None,
        policy: Policy,
        now: datetime,
        by: Actor,
        *,
        verifier: str | None = None,
        reused: Collection[str] = (),
        result: Result | None = None,
    ) -> list[EventData]:
        """Hand in the reply with evidence as the policy asks for this kind of matter, or with the reason for having none.

        `verifier` is the post that is to check it, `reused` are photos known from other orders. Of a matter of grade A that was done
        on the spot the lead may give the `result` itself: then the caller's own word is the check, and a share of these is drawn to
        be looked at afterwards. Whose caller nobody knows has no such word, nor has what failed a check before.
        """
        self.check("submit", now)
        self._check_parts()
        reply = required(reply, "reply", "答复", ("reply",))
        reason = optional(no_evidence_reason, ("noEvidenceReason",))
        if not evidence and reason is None:
            raise EvidenceMissing(path=("evidence",))
        check_evidence(evidence)
        self._check_rule(evidence, policy)
        failed = self.sample is not None and self.sample.passed is False
        on_word = self.grade is Grade.A and self.has_caller and self.caller_person is not None and not failed
        by_caller = result is not None and on_word
        result = _checked(result) if result and by_caller else None
        self.submission = Submission(
            at=now,
            by=by,
            reply=reply,
            evidence=tuple(evidence),
            no_evidence_reason=reason,
            reused=tuple(sorted(reused)),
        )
        self.photos = tuple(sorted({*self.photos, *photo_marks(evidence)}))
        self.verifier_post = verifier
        events: list[EventData] = [OrderSubmitted(**self.ids(), evidence_count=len(evidence))]
        self._handed_in("submit", policy, now)
        if result and drawn_for_sample(self.id, policy.limits.sample_rate):
            self.sample = SampleCheck(due_at=now + policy.limits.sample_within)
        return events + (self._verified(result, now, by, by_caller=True) if result else [])

    def send_back(self, reason: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """The checker is not satisfied: the lead works again."""
        self.check("send_back", now)
        self._check_outsider(by)
        reason = required(reason, "reason", "重办理由", ("reason",))
        return self._rework("send_back", reason, policy, now, by, by_caller=False)

    def reopen(self, reason: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """The caller is not satisfied: the lead works again (R-11)."""
        self.check("reopen", now)
        self.closed_at = None
        self.verification = None
        self.sample = None
        self.verdict = None
        return self._rework("reopen", reason[:MAX_TEXT], policy, now, by, by_caller=True)

    def verify(self, result: Result, now: datetime, by: Actor) -> list[EventData]:
        """Somebody outside the handling units confirms the result and says what came of it (R-06). An order that nobody outside
        waits for is closed by it."""
        self.check("verify", now)
        self._check_outsider(by)
        self._check_parts()
        events = self._verified(_checked(result), now, by, by_caller=False)
        if not self.has_caller:
            events += self._closed(now)
        return events

    def close(self, verdict: CallerVerdict, now: datetime) -> list[EventData]:
        """The caller has agreed, or kept silent: the order ends with the verified disposition."""
        self.check("close", now)
        self.verdict = verdict
        return self._closed(now)

    def check_sample(self, passed: bool, note: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """Somebody outside the handling units has looked whether it is as the caller said; what was found is on record. What was not
        so is worked on again, and a person checks it then."""
        self.check("check_sample", now)
        if self.sample is None or self.sample.passed is not None:
            raise NotInSample
        self._check_outsider(by)
        self.sample = SampleCheck(
            due_at=self.sample.due_at, at=now, by=by, passed=passed, note=required(note, "note", "抽查情况", ("note",))
        )
        told: list[EventData] = [OrderSampleChecked(**self.ids(), post=by.post, passed=passed)]
        return told if passed else told + self._fail_check(self.sample.note or "", policy, now, by)

    def _fail_check(self, note: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        self.closed_at = self.verification = self.verdict = None
        self._rework("fail_check", note, policy, now, by, by_caller=False)
        return [OrderReworked(**self.ids(), reason=FAILED_CHECK)]  # what was found stays with the order

    def _handed_in(self, act: Act, policy: Policy, now: datetime) -> None:
        """There is a reply: its clock stops, that of the caller's verdict starts."""
        self.go_on(policy, now)
        self.stop_clock(ClockKind.RESOLVE, now)
        self.start_clock(ClockKind.CONFIRM, policy, now)
        self.enter(act, now)

    def _verified(self, result: Result, now: datetime, by: Actor, *, by_caller: bool) -> list[EventData]:
        self.verification = Verification(
            at=now,
            by=by,
            disposition=result.disposition,
            reason=result.reason,
            signpost=result.signpost,
            by_caller=by_caller,
        )
        self.stop_clock(ClockKind.FIRST_REPORT, now)
        self.enter("verify", now)
        return [
            OrderVerified(
                **self.ids(),
                reply=self.told(self.reply or ""),
                disposition=result.disposition,
                disposition_reason=self.told(result.reason),
                reopen_seconds=int(self.reopen_within.total_seconds()),
            )
        ]

    def _closed(self, now: datetime) -> list[EventData]:
        assert self.verification  # what makes an order verified
        self.closed_at = now
        self.enter("close", now)
        return [
            OrderClosed(
                **self.ids(),
                disposition=self.verification.disposition,
                disposition_reason=self.told(self.verification.reason),
            )
        ]

    def _rework(
        self, act: Act, reason: str, policy: Policy, now: datetime, by: Actor, *, by_caller: bool
    ) -> list[EventData]:
        self.reworks.append(Rework(at=now, by=by, by_caller=by_caller, reason=reason))
        resolve = self.resolve
        resolve.restart(_CHECKING, policy.calendar(resolve.target.calendar), now)
        self.stop_clock(ClockKind.CONFIRM, now)
        self.enter(act, now)
        return [OrderReworked(**self.ids(), reason=self.told(reason))]

    def _check_rule(self, evidence: Sequence[Evidence], policy: Policy) -> None:
        """Raises when a photo is there twice, or the policy asks for more than there is."""
        marks = [mark for mark in (photo_mark(piece) for piece in evidence) if mark]
        if len(set(marks)) != len(marks):
            raise SamePhotoTwice(path=("evidence",))
        rule = policy.evidence_for(self)
        photos = [piece.stage for piece in evidence if piece.kind is EvidenceKind.PHOTO]
        enough = (
            len(evidence) >= rule.pieces
            and photos.count(Stage.BEFORE) >= rule.photos_before
            and photos.count(Stage.AFTER) >= rule.photos_after
        )
        if not enough:
            raise EvidenceIncomplete(
                path=("evidence",),
                pieces=max(rule.pieces, rule.photos_before + rule.photos_after),
                before=rule.photos_before,
                after=rule.photos_after,
            )

    def _check_parts(self) -> None:
        """Raises while an assisting post or a child order is not done: one answer to the caller, when all is done (domain.md §4, 7)."""
        parts = [child.number for child in self.children if child.open]
        parts += [aid.post for aid in self.assisting if aid.open]
        if parts:
            raise StillOpenBelow(parts=", ".join(parts))

    def _check_outsider(self, by: Actor) -> None:
        """The verifier is in none of the handling units: neither the lead's, nor one that assisted or did a part, nor that of
        whoever handed the reply in."""
        handling = {self.lead_unit, self.lead_post}
        handling |= {aid.unit for aid in self.assisting if aid.released_at is None}
        handling |= {child.unit for child in self.children}
        if self.submission and not self.submission.from_above:
            handling |= {part for part in (self.submission.by.unit, self.submission.by.person) if part}
        if not handling.isdisjoint({by.unit, by.post, by.person} - {None}):
            raise VerifierHandledOrder


def drawn_for_sample(order_id: str, rate: float) -> bool:
    """Whether an order is in the sample: the same answer whenever and wherever it is asked, and nobody's choice."""
    digest = hashlib.blake2b(order_id.encode(), digest_size=4).digest()
    return int.from_bytes(digest) < rate * 2**32


def photo_mark(piece: Evidence) -> str | None:
    """By what a photo is known again: its digest, else where it is."""
    return (piece.digest or piece.ref) if piece.kind is EvidenceKind.PHOTO else None


def photo_marks(evidence: Sequence[Evidence]) -> set[str]:
    """The marks of all photos."""
    return {mark for mark in map(photo_mark, evidence) if mark}


def _checked(result: Result) -> Result:
    """The result with its texts trimmed. Raises when it lacks its reason, or says not who else may help."""
    signpost = optional(result.signpost, ("signpost",))
    reason = required(result.reason, "reason", "处理结果说明", ("reason",))
    if result.disposition in _NEEDS_SIGNPOST and signpost is None:
        raise SignpostMissing(path=("signpost",))
    return Result(disposition=result.disposition, reason=reason, signpost=signpost)
