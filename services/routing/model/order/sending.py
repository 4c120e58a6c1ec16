"""What a deployment's way means for its order: who was sent goes, arrives or turns back in place of the lead (R-07, R-08)."""

from datetime import datetime

from services.chassis.events import Actor, EventData
from services.routing.events.work_order import OrderCheckedIn, OrderDeparted, OrderTurnedBack
from services.routing.model.order.parts import CheckIn
from services.routing.model.order.record import OrderRecord
from services.routing.model.order.states import OrderState
from services.routing.model.organisation.point import Point

_S = OrderState


class Sending(OrderRecord, kw_only=True):
    """The acts of who was sent. They never refuse: what comes too late, or beside the work, changes nothing.

    While the lead has not accepted yet they are only kept, since it may still return the order; accepting shows them.
    """

    def sent_out(self, deployment_id: str, now: datetime) -> list[EventData]:
        """Somebody goes: it counts as the lead's departure."""
        if self.state not in (_S.DISPATCHED, _S.ACCEPTED) or self.current.departed_at is not None:
            return []
        turn = self.current
        turn.departed_at, turn.deployment_id = now, deployment_id
        self.catch_up(now)
        return [OrderDeparted(**self.ids(), post=self.lead_post)]

    def sent_arrived(self, place: Point, accuracy: float, now: datetime, by: Actor) -> list[EventData]:
        """Somebody who was sent is there: it counts as the lead's check-in, and the arrive clock stops."""
        if self.state not in (_S.DISPATCHED, _S.ACCEPTED, _S.EN_ROUTE) or self.current.check_in is not None:
            return []
        turn = self.current
        turn.check_in = CheckIn.of(place, accuracy, now, by)
        if turn.arrive:
            turn.arrive.stop(now)
        self.catch_up(now)
        return [OrderCheckedIn(**self.ids(), post=self.lead_post, unit=self.lead_unit, accuracy=accuracy)]

    def sent_back(self, deployment_id: str, now: datetime) -> list[EventData]:
        """Who went was called back before anybody was there: somebody has to go anew."""
        if self.state not in (_S.DISPATCHED, _S.EN_ROUTE) or self.current.deployment_id != deployment_id:
            return []
        self.current.departed_at, self.current.deployment_id = None, None
        if self.state is _S.EN_ROUTE:
            self.enter("turn_back", now)
        return [OrderTurnedBack(**self.ids(), post=self.lead_post)]

    def catch_up(self, now: datetime) -> None:
        """An accepted order shows how far somebody is who was sent before."""
        on_the_way = self.current.departed_at is not None
        if self.state in (_S.ACCEPTED, _S.EN_ROUTE) and self.current.check_in:
            self.enter("check_in", now)
        elif self.state is _S.ACCEPTED and on_the_way:
            self.enter("depart", now)
        else:
            self.settle(now)
