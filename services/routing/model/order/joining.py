"""Orders for reports about one matter, handled as one (并单, R-41): one order runs, the others wait for it and are answered with it.

Each keeps its own report, so that every caller is told, asked and may reopen; and the count of those who reported stays.
"""

import copy
from datetime import datetime

from services.chassis.events import Actor, EventData
from services.routing.events.work_order import (
    OrderJoined,
    OrderParted,
    OrderReported,
    OrderReworked,
    OrderTookIn,
)
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.order.handling import FAILED_CHECK, Handling
from services.routing.model.order.leading import Leading
from services.routing.model.order.parts import Joined, Progress, Result
from services.routing.model.order.record import OrderRecord
from services.routing.model.order.states import TRANSITIONS, OrderState
from services.routing.model.rules.policy import Policy
from services.routing.model.texts import required


class Joining(Leading, Handling, kw_only=True):
    """The commands that make one order wait for another, and what becomes of it then."""

    def join(self, running: OrderRecord, text: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """Be handled with `running`. `text` tells the caller; clocks that may wait do."""
        self.check("join", now)
        self._check_parts()
        text = required(text, "text", "告知内容", ("text",))
        self.joined_to = Joined(
            order_id=running.id,
            number=running.number,
            post=running.lead_post,
            unit=running.lead_unit,
            heard=len(running.progress),
            at=now,
            by=by,
        )
        self.progress.append(Progress(at=now, by=by, text=text))
        self.stop_clock(ClockKind.FIRST_REPORT, now)
        self.current.stop(now)
        self.pause(running.number, policy, now)
        self.enter("join", now)
        return [OrderJoined(**self.ids(), joined_to=running.id, text=self.told(text))]

    def take_in(self, other: OrderRecord, now: datetime) -> list[EventData]:
        """Another report about the same matter is handled with this one."""
        self.check("take_in", now)
        self.joined.append(other.id)
        return [OrderTookIn(**self.ids(), joined_id=other.id)]

    def part(self, reason: str, policy: Policy, now: datetime, by: Actor) -> list[EventData]:
        """It is a matter of its own after all, or the order it was joined to came to nothing: it is sent to its lead anew, which may
        return it unless a ruling binds it."""
        self.check("part", now)
        reason = required(reason, "reason", "拆出理由", ("reason",))
        self.go_on(policy, now)
        before = self.current
        self._address(self.lead_post, self.lead_unit, policy, now, by)
        self.current.ruling_id, self.current.binding = before.ruling_id, before.binding
        self.enter("part", now)
        return [OrderParted(**self.ids(), reason=self.told(reason)), self._dispatched(redispatch=True)]

    def follow_running(self, running: OrderRecord, now: datetime) -> list[EventData]:
        """What the callers of `running` are told, this one's is told; with its answer, this one is answered. No event when there is
        nothing new."""
        if not self._waits_for(running):
            return []
        if running.state in (OrderState.VERIFIED, OrderState.CLOSED):
            return self.answer_with(running, now)
        assert self.joined_to
        news = running.progress[self.joined_to.heard :]
        self.joined_to.heard = len(running.progress)
        self.progress += news
        return [OrderReported(**self.ids(), text=self.told(word.text)) for word in news]

    def answered_with(self, running: OrderRecord) -> bool:
        """Whether what answered `running` answered this one, and holds."""
        joined = self.joined_to is not None and self.joined_to.order_id == running.id
        return joined and self.state in TRANSITIONS["rejoin"][0] and self.submission == running.submission

    def rejoin(self, running: OrderRecord, policy: Policy, now: datetime) -> list[EventData]:
        """What answered both was not so: it waits for `running` again, which is worked on."""
        self.check("rejoin", now)
        if self.joined_to is not None:
            self.joined_to.heard = len(running.progress)
        self.closed_at = self.verification = self.verdict = None
        self.resolve.restart(running.number, policy.calendar(self.resolve.target.calendar), now)
        self.stop_clock(ClockKind.CONFIRM, now)
        self.pause(running.number, policy, now)
        self.enter("rejoin", now)
        return [OrderReworked(**self.ids(), reason=FAILED_CHECK)]

    def lost(self, running: OrderRecord) -> bool:
        """Whether the order it waits for ended without an answer."""
        return self._waits_for(running) and running.state in (OrderState.RECALLED, OrderState.CANCELLED)

    def _waits_for(self, running: OrderRecord) -> bool:
        joined = self.joined_to if self.state is OrderState.JOINED else None
        return joined is not None and joined.order_id == running.id

    def answer_with(self, running: OrderRecord, now: datetime) -> list[EventData]:
        """What answers the running order answers this one; its caller is asked as that one's is."""
        self.check("answer_joined", now)
        verification, submission = running.verification, running.submission
        assert verification
        assert submission
        self.submission, self.verifier_post = submission, running.verifier_post
        # Should its caller reopen it, its lead goes on from here.
        self.current.accepted_at = self.current.accepted_at or now
        self.current.check_in = self.current.check_in or running.current.check_in
        self.stop_clock(ClockKind.RESOLVE, submission.at)
        if confirm := running.clocks.get(ClockKind.CONFIRM):
            self.clocks[ClockKind.CONFIRM] = copy.deepcopy(confirm)
        result = Result(
            disposition=verification.disposition, reason=verification.reason, signpost=verification.signpost
        )
        return self._verified(result, now, verification.by, by_caller=verification.by_caller)
