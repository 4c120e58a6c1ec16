"""More hands: assisting posts, each with its own clocks, check-in and rating; parts with orders of their own (R-05).

The parent answers when all of them are done (domain.md §4, 7).
"""

from datetime import datetime

from services.chassis.errors import InvalidInput
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.work_order import LeadsAlready, OneLevelOnly, UnknownAssistance
from services.routing.events.work_order import OrderAssisted, OrderSplit
from services.routing.model.clock.clocks import Clock, ClockKind, Target
from services.routing.model.order.parts import Assistance, CheckIn, Child, Rating
from services.routing.model.order.record import OrderRecord
from services.routing.model.organisation.organisation import Post
from services.routing.model.organisation.point import Point
from services.routing.model.rules.policy import Policy
from services.routing.model.texts import optional, required


class Sharing(OrderRecord, kw_only=True):
    """The commands about those who help the lead. One that helps does not lead; only the lead answers."""

    def assist(
        self, post: Post, task: str, finish: Target | None, policy: Policy, now: datetime, by: Actor
    ) -> list[EventData]:
        """Call an assisting post (协办); its clocks run from now. `finish` is asked of it, else what is asked of the order."""
        self.check("assist", now)
        task = required(task, "task", "协办内容", ("task",))
        if post.unit_id == self.lead_unit or any(aid.open and aid.unit == post.unit_id for aid in self.assisting):
            raise LeadsAlready(path=("postId",), unit=post.unit_id)
        accept, arrive = self.addressed_clocks(policy, now)
        target = finish or self.resolve_target
        aid = Assistance(
            id=new_id("assistance"),
            post=post.id,
            unit=post.unit_id,
            at=now,
            by=by,
            task=task,
            accept=accept,
            arrive=arrive,
            finish=Clock.start(ClockKind.RESOLVE, target, policy.calendar(target.calendar), now),
        )
        self.assisting.append(aid)
        return self._step(aid, "asked", now)

    def assistance(self, assistance_id: str) -> Assistance:
        """The one with this id. Raises UnknownAssistance."""
        found = next((aid for aid in self.assisting if aid.id == assistance_id), None)
        if found is None:
            raise UnknownAssistance(path=("assistanceId",))
        return found

    def accept_assistance(self, assistance_id: str, now: datetime, *, by_silence: bool = False) -> list[EventData]:
        """The assisting post takes it, or silence does."""
        aid = self._open(assistance_id, now)
        if aid.accepted_at is not None:
            raise UnknownAssistance(path=("assistanceId",))
        aid.accepted_at, aid.by_silence = now, by_silence
        aid.accept.stop(now)
        return self._step(aid, "accepted", now)

    def check_in_assistance(
        self, assistance_id: str, place: Point | None, accuracy: float | None, now: datetime, by: Actor
    ) -> list[EventData]:
        """Somebody of the assisting post is there; being there accepts."""
        aid = self._open(assistance_id, now)
        if aid.accepted_at is None:
            aid.accepted_at = now
            aid.accept.stop(now)
        aid.check_in = CheckIn.of(place, accuracy, now, by)
        if aid.arrive:
            aid.arrive.stop(now)
        return self._step(aid, "checked_in", now)

    def finish_assistance(self, assistance_id: str, note: str, now: datetime) -> list[EventData]:
        """The assisting post has done its part and says what."""
        aid = self._open(assistance_id, now)
        aid.note = required(note, "note", "协办情况", ("note",))
        aid.accepted_at = aid.accepted_at or now
        aid.finished_at = now
        aid.stop(now)
        return self._step(aid, "finished", now)

    def release_assistance(self, assistance_id: str, reason: str, now: datetime) -> list[EventData]:
        """The help is not needed any more, or does not come."""
        aid = self._open(assistance_id, now)
        aid.release_reason = required(reason, "reason", "解除理由", ("reason",))
        aid.released_at = now
        aid.stop(now)
        return self._step(aid, "released", now)

    def rate_assistance(
        self, assistance_id: str, mark: int, note: str | None, now: datetime, by: Actor
    ) -> list[EventData]:
        """The lead says what the help was worth, once, 1 to 5."""
        aid = self.assistance(assistance_id)
        if aid.finished_at is None or aid.rating is not None:
            raise UnknownAssistance(path=("assistanceId",))
        if not 1 <= mark <= 5:
            raise InvalidInput(path=("mark",), reason="1..5")
        aid.rating = Rating(mark=mark, note=optional(note, ("note",)), at=now, by=by)
        return self._step(aid, "rated", now)

    def split(self, child: OrderRecord, now: datetime) -> list[EventData]:
        """A part of the work is an order of its own, one level deep; this one waits for it."""
        self.check("split", now)
        if self.parent_id is not None:
            raise OneLevelOnly
        if child.lead_unit == self.lead_unit or any(one.open and one.unit == child.lead_unit for one in self.children):
            raise LeadsAlready(path=("postId",), unit=child.lead_unit)
        self.children.append(Child(id=child.id, number=child.number, post=child.lead_post, unit=child.lead_unit))
        self.settle(now)
        return [OrderSplit(**self.ids(), child_id=child.id, lead_post=child.lead_post, lead_unit=child.lead_unit)]

    def child_changed(self, child: OrderRecord) -> bool:
        """Follow a part: who leads it, and whether it is still open. Whether that is news."""
        known = next(one for one in self.children if one.id == child.id)
        before = (known.post, known.unit, known.open)
        known.post, known.unit, known.open = child.lead_post, child.lead_unit, child.open
        return before != (known.post, known.unit, known.open)

    def help_accepted_by_silence(self, now: datetime) -> list[EventData]:
        """Every call for help that nobody answered in time counts as accepted."""
        silent = [aid for aid in self.assisting if aid.open and aid.accepted_at is None and now >= aid.accept_by]
        return [event for aid in silent for event in self.accept_assistance(aid.id, now, by_silence=True)]

    def _open(self, assistance_id: str, now: datetime) -> Assistance:
        self.check("assist", now)
        aid = self.assistance(assistance_id)
        if not aid.open:
            raise UnknownAssistance(path=("assistanceId",))
        return aid

    def _step(self, aid: Assistance, step: str, now: datetime) -> list[EventData]:
        self.settle(now)
        return [
            OrderAssisted(
                **self.ids(),
                assistance_id=aid.id,
                step=step,
                post=aid.post,
                unit=aid.unit,
                finish_by=aid.finish.due_at,
            )
        ]
