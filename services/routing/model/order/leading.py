"""Who leads: dispatch, acceptance by act or by silence, return, adjudication, ruling, hand-over, recall (R-06, R-31, R-32)."""

from collections.abc import Iterable
from datetime import datetime

from services.chassis.events import Actor, EventData
from services.routing.errors.work_order import DispatchedToReturner, NotHeardHere, RulingBinds
from services.routing.events.work_order import (
    OrderAccepted,
    OrderCancelled,
    OrderDispatched,
    OrderHeard,
    OrderHearingCalled,
    OrderRecalled,
    OrderReferred,
    OrderReturned,
    OrderRuled,
    OrderTransferred,
)
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.parts import Adjudication, Statement, Turn
from services.routing.model.order.sending import Sending
from services.routing.model.order.states import OrderState
from services.routing.model.organisation.organisation import Post
from services.routing.model.rules.policy import Policy
from services.routing.model.texts import required


class Leading(Sending, kw_only=True):
    """The commands about who leads."""

    def dispatch_to(
        self, post: Post, policy: Policy, now: datetime, by: Actor, resolve_from: datetime | None = None
    ) -> list[EventData]:
        """The centre sends a draft out, or names another lead after a return; the accept clock starts, the resolve clock does not
        start anew. It runs from the receipt, unless `resolve_from` says otherwise."""
        self.check("dispatch", now)
        if self.state is OrderState.RETURNED and post.id == self.lead_post:
            raise DispatchedToReturner(path=("postId",))
        first = not self.dispatches
        if first:
            self.start_clock(ClockKind.FIRST_REPORT, policy, self.received_at)
            self.start_clock(ClockKind.RESOLVE, policy, resolve_from or self.received_at, self.resolve_target)
        self._address(post.id, post.unit_id, policy, now, by)
        self.enter("dispatch", now)
        return [self._dispatched(redispatch=not first)]

    def accept(self, now: datetime) -> list[EventData]:
        """The lead takes the order."""
        self.check("accept", now)
        return self._accepted(now, by_silence=False)

    def give_back(
        self, basis: str, ruling_id: str | None, fallback: Post, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """The lead says 'not ours' with its basis, a rule's text or a ruling. The return that reaches the limit forces a ruling:
        then `fallback` is the owner unless the centre rules in time (R-32)."""
        self.check("return", now)
        if self.current.binding:
            raise RulingBinds
        self.current.basis = required(basis, "basis", "退回依据", ("basis",))
        self.current.basis_ruling = ruling_id
        self.current.returned_at = now
        self.current.stop(now)
        self.enter("return", now)
        events: list[EventData] = [
            OrderReturned(
                **self.ids(), basis=self.told(self.current.basis), post=self.current.post, unit=self.current.unit
            )
        ]
        return events + (self.refer(fallback, policy, now, by) if self.returns >= policy.limits.returns else [])

    def refer(self, fallback: Post, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """The centre shall rule whose it is; until when, and whose it is if nobody does, is said at once."""
        self.check("refer", now)
        due_at = now + policy.limits.adjudicate_within
        self.adjudications.append(
            Adjudication(since=now, by=by, due_at=due_at, fallback_post=fallback.id, fallback_unit=fallback.unit_id)
        )
        self.enter("refer", now)
        return [OrderReferred(**self.ids(), due_at=due_at, fallback_post=fallback.id, fallback_unit=fallback.unit_id)]

    def call_hearing(self, units: Iterable[str], now: datetime) -> list[EventData]:
        """The centre invites units to say their part before it rules."""
        self.check("hear", now)
        case = self.adjudications[-1]
        case.invited = tuple(sorted({*case.invited, *units}))
        self.settle(now)
        return [OrderHearingCalled(**self.ids(), units=list(case.unheard), due_at=case.due_at)]

    def state_view(self, text: str, now: datetime, by: Actor) -> list[EventData]:
        """A unit concerned puts its statement on record; it may add to it until the ruling."""
        self.check("hear", now)
        if by.unit not in self.concerned:
            raise NotHeardHere
        self.adjudications[-1].statements.append(
            Statement(at=now, by=by, text=required(text, "text", "陈述意见", ("text",)))
        )
        self.settle(now)
        return [OrderHeard(**self.ids(), post=by.post, unit=by.unit)]

    def rule(self, ruling_id: str, post: Post, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """The centre has ruled: the post has it and cannot return it."""
        self.check("rule", now)
        return self._bind(post.id, post.unit_id, ruling_id, policy, now, by)

    def fall_back(self, policy: Policy, now: datetime) -> list[EventData]:
        """Nobody ruled in time: the fallback owner has it. No event when it is not so far."""
        if self.state is not OrderState.ADJUDICATING or now < self.adjudications[-1].due_at:
            return []
        case = self.adjudications[-1]
        return self._bind(case.fallback_post, case.fallback_unit, None, policy, now, Actor())

    def transfer(self, post: Post, reason: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """The lead hands over to a post that may take it or not (转派): a hop, with an accept clock of its own."""
        self.check("transfer", now)
        if self.current.binding:
            raise RulingBinds
        if post.id == self.lead_post:
            raise DispatchedToReturner(path=("postId",))
        reason = required(reason, "reason", "转派理由", ("reason",))
        told = OrderTransferred(**self.ids(), reason=self.told(reason), post=self.current.post, unit=self.current.unit)
        self.current.handed_over = reason
        self.current.stop(now)
        self._address(post.id, post.unit_id, policy, now, by)
        self.enter("transfer", now)
        return [told, self._dispatched(redispatch=True)]

    def pass_on(self, post: Post, policy: Policy, now: datetime, by: Actor) -> None:
        """Another post leads from now on, since the organisation has changed; where the order is in its life does not. An accept
        clock that was running runs anew for the new lead; what it is told is said by who changed the organisation."""
        before = self.current
        before.stop(now)
        self._address(post.id, post.unit_id, policy, now, by)
        turn = self.current
        turn.accepted_at, turn.check_in = before.accepted_at, before.check_in
        turn.departed_at, turn.deployment_id = before.departed_at, before.deployment_id
        if self.state is not OrderState.DISPATCHED:
            turn.accept.stop(now)
        if turn.arrive and turn.check_in:
            turn.arrive.stop(now)
        self.settle(now)

    def recall(self, reason: str, now: datetime) -> list[EventData]:
        """Take the order back for good: it should not have been, or need not be."""
        self.check("recall", now)
        self.ended_reason = required(reason, "reason", "撤回理由", ("reason",))
        self.closed_at = now
        self.enter("recall", now)
        return [OrderRecalled(**self.ids(), reason=self.told(self.ended_reason))]

    def cancel(self, reason: str, now: datetime) -> list[EventData]:
        """A draft comes to nothing."""
        self.check("cancel", now)
        self.ended_reason = required(reason, "reason", "取消理由", ("reason",))
        self.closed_at = now
        self.enter("cancel", now)
        return [OrderCancelled(**self.ids(), reason=self.told(self.ended_reason))]

    def accept_by_silence(self, now: datetime) -> list[EventData]:
        """The accept clock has run out: the order counts as accepted. No event when it is not so far, or was decided."""
        if self.state is not OrderState.DISPATCHED or now < self.accept_by:
            return []
        return self._accepted(now, by_silence=True)

    def _accepted(self, now: datetime, *, by_silence: bool) -> list[EventData]:
        self.current.accepted_at = now
        self.current.by_silence = by_silence
        self.current.accept.stop(now)
        self.enter("accept", now)
        self.catch_up(now)
        return [OrderAccepted(**self.ids(), by_silence=by_silence)]

    def _bind(
        self, post_id: str, unit_id: str, ruling_id: str | None, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        case = self.adjudications[-1]
        case.ended_at, case.ruling_id = now, ruling_id
        self._address(post_id, unit_id, policy, now, by)
        self.current.ruling_id, self.current.binding = ruling_id, True
        self.enter("rule", now)
        ruled = OrderRuled(**self.ids(), ruling_id=ruling_id, lead_post=self.lead_post, lead_unit=self.lead_unit)
        return [ruled, self._dispatched(redispatch=True)]

    def _address(self, post_id: str, unit_id: str, policy: Policy, now: datetime, by: Actor) -> None:
        self.lead_post, self.lead_unit = post_id, unit_id
        accept, arrive = self.addressed_clocks(policy, now)
        self.dispatches.append(Turn(post=post_id, unit=unit_id, at=now, by=by, accept=accept, arrive=arrive))

    def _dispatched(self, *, redispatch: bool) -> OrderDispatched:
        return OrderDispatched(
            **self.ids(),
            number=self.number,
            decision_id=self.decision_id or "",
            rule_id=self.rule_id,
            lead_post=self.lead_post,
            lead_unit=self.lead_unit,
            area_path=list(self.area_path),
            accept_by=self.accept_by,
            resolve_by=self.resolve_by,
            redispatch=redispatch,
        )
