"""Events of the register of responders. Where somebody is stays out of them."""

from datetime import datetime

from services.chassis.events import EventData


class ResponderEnrolled(EventData, frozen=True, kw_only=True):
    """An entry of the register is new or says something new."""

    type = "huying.routing.responder.enrolled.v1"
    responder_id: str
    kind: str
    home_area_id: str
    area_path: list[str]
    skills: list[str]
    registered: bool


class ResponderRetiredFromRegister(EventData, frozen=True, kw_only=True):
    type = "huying.routing.responder.retired.v1"
    responder_id: str


class ResponderAvailabilityChanged(EventData, frozen=True, kw_only=True):
    type = "huying.routing.responder.availability_changed.v1"
    responder_id: str
    availability: str
    deployment_id: str | None


class ResponderMoved(EventData, frozen=True, kw_only=True):
    """A new position is known; whoever may see it asks for it."""

    type = "huying.routing.responder.moved.v1"
    responder_id: str
    accuracy_m: float


class ResponderVetted(EventData, frozen=True, kw_only=True):
    """Fit for sensitive work until a date; null: no longer."""

    type = "huying.routing.responder.vetted.v1"
    responder_id: str
    valid_until: datetime | None


class ResponderServed(EventData, frozen=True, kw_only=True):
    """A duty done, and the year's sum with it."""

    type = "huying.routing.responder.served.v1"
    responder_id: str
    year: int
    minutes: int
    year_minutes: int
    duties: int
