"""A red line: a standing prohibition that addressees attest to keep, and whose breaches are followed up (domain.md §3.4, R-12).

drafted → in_force → amended (in force with another text) → lifted; per addressee and period: attested; a breach: reported → verified
(or found to be none) → handled.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from services.chassis.errors import NotFound
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.directive import (
    AlreadyAttested,
    BreachOwnUnit,
    BreachStateForbids,
    NotAddressed,
    UnknownPeriod,
)
from services.routing.events.directive import (
    DirectiveAmended,
    DirectiveAttested,
    DirectiveBreachHandled,
    DirectiveBreachReported,
    DirectiveBreachVerified,
    DirectiveLifted,
)
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.directive.directive import Brief, Directive, DirectiveKind, DirectiveState, Transitions
from services.routing.model.duty import Duty, WorkKind
from services.routing.model.order.evidence import Evidence, check_evidence
from services.routing.model.organisation.organisation import Post
from services.routing.model.texts import optional, required

_S = DirectiveState
_HOLDS = frozenset({_S.IN_FORCE, _S.AMENDED})


class Rhythm(StrEnum):
    """How often addressees attest."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class BreachState(StrEnum):
    """Where a breach is."""

    REPORTED = "reported"
    VERIFIED = "verified"
    UNFOUNDED = "unfounded"
    HANDLED = "handled"


# The act on a breach → from which state it is allowed.
BREACH_TRANSITIONS: Mapping[str, BreachState] = {"verify": BreachState.REPORTED, "handle": BreachState.VERIFIED}
_BREACH_DONE = {"verify": ("verified", "核实"), "handle": ("handled", "处理")}
_BREACH_ZH = {
    BreachState.REPORTED: "已举报",
    BreachState.VERIFIED: "已核实",
    BreachState.UNFOUNDED: "不属实",
    BreachState.HANDLED: "已处理",
}


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """An addressee declares that it kept the line."""

    post: str
    at: datetime
    by: Actor
    late: bool
    note: str | None


class Period(msgspec.Struct, kw_only=True):
    """A span of time to attest for, named `2026-11`, `2026-Q4` or `2026`; what is due is due at its end."""

    key: str
    ends_at: datetime
    attestations: list[Attestation] = msgspec.field(default_factory=list)


class Breach(msgspec.Struct, kw_only=True):
    """A breach by an addressed post, from the report to what was done about it."""

    id: str
    post: str
    unit: str
    text: str
    evidence: tuple[Evidence, ...]
    reported_at: datetime
    reported_by: Actor
    state: BreachState = BreachState.REPORTED
    finding: str | None = None
    verified_at: datetime | None = None
    verified_by: Actor | None = None
    measure: str | None = None
    handled_at: datetime | None = None
    handled_by: Actor | None = None


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A text that no longer holds, until when it did and why it was changed."""

    text: str
    until: datetime
    by: Actor
    reason: str


class RedLine(Directive, kw_only=True, tag_field="kind", tag="red_line"):
    """The aggregate; see `Directive` for what its methods promise. It has no deadline: the clock closes periods."""

    KIND: ClassVar[DirectiveKind] = DirectiveKind.RED_LINE
    TRANSITIONS: ClassVar[Transitions] = {
        "issue": (frozenset({_S.DRAFTED}), _S.IN_FORCE),
        "amend": (_HOLDS, _S.AMENDED),
        "attest": (_HOLDS, None),
        "report_breach": (_HOLDS, None),
        "lift": (_HOLDS, _S.LIFTED),
    }

    rhythm: Rhythm
    periods: list[Period] = msgspec.field(default_factory=list)
    editions: list[Edition] = msgspec.field(default_factory=list)
    breaches: list[Breach] = msgspec.field(default_factory=list)
    lift_reason: str | None = None

    @classmethod
    def draft(cls, brief: Brief, *, rhythm: Rhythm, now: datetime, by: Actor) -> tuple["RedLine", list[EventData]]:
        """A line as drafted. Raises Refusal."""
        return cls._draft(brief, now, by, rhythm=rhythm)

    def issue(self, now: datetime) -> list[EventData]:
        """It is in force, and the first period runs."""
        self._allow("issue")
        self.periods.append(period_at(now, self.rhythm))
        return super().issue(now)

    def amend(self, text: str, reason: str, now: datetime, by: Actor) -> list[EventData]:
        """Another text holds from now on; the former is kept."""
        self._allow("amend")
        text = required(text, "text", "内容", ("text",))
        reason = required(reason, "reason", "修订理由", ("reason",))
        self.editions.append(Edition(text=self.text, until=now, by=by, reason=reason))
        self.text = text
        self._enter("amend")
        return [DirectiveAmended(**self.facts, edition=len(self.editions) + 1)]

    def lift(self, reason: str, now: datetime) -> list[EventData]:
        """It no longer holds; breaches that are known are still followed up."""
        self._allow("lift")
        self.lift_reason = required(reason, "reason", "解除理由", ("reason",))
        self.closed_at = now
        self._enter("lift")
        return [DirectiveLifted(**self.facts)]

    def attest(self, period_key: str, note: str | None, now: datetime, by: Actor) -> list[EventData]:
        """An addressee declares for a period that it kept the line; after the period's end that is late."""
        self._allow("attest")
        period = next((period for period in self.periods if period.key == period_key), None)
        if period is None:
            raise UnknownPeriod(path=("period",), period=period_key)
        owed = set(self.missing(period))
        own = [addressee for addressee in self.addressed(by) if addressee.post in owed]
        if not own:
            raise AlreadyAttested(path=("period",))
        note, late = optional(note, ("note",)), now >= period.ends_at
        period.attestations += [
            Attestation(post=addressee.post, at=now, by=by, late=late, note=note) for addressee in own
        ]
        self._enter("attest")
        return [DirectiveAttested(**self.facts, post=addressee.post, period=period.key, late=late) for addressee in own]

    def report_breach(
        self, post: str, text: str, evidence: Sequence[Evidence], now: datetime, by: Actor
    ) -> list[EventData]:
        """Somebody says that an addressed post broke the line."""
        self._allow("report_breach")
        accused = next((addressee for addressee in self.addressees if addressee.post == post), None)
        if accused is None:
            raise NotAddressed(path=("postId",))
        check_evidence(evidence)
        breach = Breach(
            id=new_id("breach"),
            post=accused.post,
            unit=accused.unit,
            text=required(text, "text", "违纪情况", ("text",)),
            evidence=tuple(evidence),
            reported_at=now,
            reported_by=by,
        )
        self.breaches.append(breach)
        self._enter("report_breach")
        return [DirectiveBreachReported(**self.facts, breach_id=breach.id)]

    def verify_breach(self, breach_id: str, founded: bool, finding: str, now: datetime, by: Actor) -> list[EventData]:
        """Somebody outside the unit has looked: it is so, or it is not."""
        breach = self._breach(breach_id, "verify", by)
        breach.finding = required(finding, "finding", "核查结论", ("finding",))
        breach.verified_at, breach.verified_by = now, by
        breach.state = BreachState.VERIFIED if founded else BreachState.UNFOUNDED
        return [DirectiveBreachVerified(**self.facts, breach_id=breach.id, unit=breach.unit, founded=founded)]

    def handle_breach(self, breach_id: str, measure: str, now: datetime, by: Actor) -> list[EventData]:
        """What was done about a breach that is so."""
        breach = self._breach(breach_id, "handle", by)
        breach.measure = required(measure, "measure", "处理措施", ("measure",))
        breach.handled_at, breach.handled_by = now, by
        breach.state = BreachState.HANDLED
        return [DirectiveBreachHandled(**self.facts, breach_id=breach.id, unit=breach.unit)]

    def duties(self) -> list[Duty]:
        """To attest each period that has not been, while the line holds."""
        if self.state not in _HOLDS:
            return []
        return [
            Duty(kind=WorkKind.ATTEST, of=f"{period.key}/{post}", post=post, due_at=period.ends_at)
            for period in self.periods
            for post in self.missing(period)
        ]

    def _hand_over(self, old: str, new: Post) -> None:
        super()._hand_over(old, new)
        for period in self.periods:  # what the old post attested is attested, by whom stays on record
            period.attestations = [
                msgspec.structs.replace(attestation, post=new.id) if attestation.post == old else attestation
                for attestation in period.attestations
            ]

    def missing(self, period: Period) -> list[str]:
        """The addressed posts that have not attested the period."""
        attested = {attestation.post for attestation in period.attestations}
        return [addressee.post for addressee in self.addressees if addressee.post not in attested]

    def _announce(self, now: datetime) -> list[EventData]:
        events: list[EventData] = []
        while self.state in _HOLDS and self.periods[-1].ends_at <= now:
            ended = self.periods[-1]
            if missing := self.missing(ended):
                events.append(self._overdue("attestation", ended.key, missing, ended.ends_at))
            self.periods.append(period_at(ended.ends_at, self.rhythm))
        return events

    def _own_steps(self) -> Iterator[datetime]:
        if self.state in _HOLDS:
            yield self.periods[-1].ends_at

    def _breach(self, breach_id: str, act: str, by: Actor) -> Breach:
        breach = next((breach for breach in self.breaches if breach.id == breach_id), None)
        if breach is None:
            raise NotFound(what="breach", path=("breachId",))
        if breach.state is not BREACH_TRANSITIONS[act]:
            done, done_zh = _BREACH_DONE[act]
            raise BreachStateForbids(
                state=breach.state.value, state_zh=_BREACH_ZH[breach.state], command=done, command_zh=done_zh
            )
        if by.unit == breach.unit or by.post == breach.post:
            raise BreachOwnUnit
        return breach


def period_at(at: datetime, rhythm: Rhythm) -> Period:
    """The period of the local calendar that `at` lies in."""
    local = at.astimezone(LOCAL)
    months = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}[rhythm]
    first = (local.month - 1) // months * months + 1
    key = {
        Rhythm.MONTH: f"{local:%Y-%m}",
        Rhythm.QUARTER: f"{local.year}-Q{(first + 2) // 3}",
        Rhythm.YEAR: str(local.year),
    }[rhythm]
    after = first + months
    end = datetime(local.year + (after > 12), (after - 1) % 12 + 1, 1, tzinfo=LOCAL)
    return Period(key=key, ends_at=end.astimezone(at.tzinfo))
