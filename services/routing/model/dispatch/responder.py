"""Somebody who can be sent, or a team: availability, last position, vetting and hours (R-07, R-08, R-23, R-24, R-42; domain.md §3.8).

An entry comes from the organisation's file, or somebody registered: a volunteer, a reservist of an employer, a partner organisation.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.responder import (
    HoursOutOfRange,
    PositionOutdated,
    ResponderHeldElsewhere,
    ResponderRetired,
    ResponderStateForbids,
    VettingInThePast,
)
from services.routing.events.responder import (
    ResponderAvailabilityChanged,
    ResponderEnrolled,
    ResponderMoved,
    ResponderRetiredFromRegister,
    ResponderServed,
    ResponderVetted,
)
from services.routing.model.clock.calendar import LOCAL
from services.routing.model.organisation.organisation import Responder as ResponderRecord
from services.routing.model.organisation.point import Point

MAX_DUTY_HOURS = 24
MAX_SKILLS = 20


class Availability(StrEnum):
    """Whether a responder can be sent now."""

    OFF = "off"
    STANDBY = "standby"
    ON_DUTY = "on_duty"
    RESERVED = "reserved"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"


class RegisteredKind(StrEnum):
    """Who registers oneself instead of standing in the organisation's file."""

    VOLUNTEER = "volunteer"
    RESERVIST = "reservist"
    PARTNER = "partner"


Act = Literal["go_off", "stand_by", "go_on_duty", "reserve", "depart", "arrive", "release"]

_A = Availability
# Which availability allows which act, and where it leads. Whatever is not here is refused.
TRANSITIONS: dict[Act, tuple[frozenset[Availability], Availability]] = {
    "go_off": (frozenset({_A.STANDBY, _A.ON_DUTY}), _A.OFF),
    "stand_by": (frozenset({_A.OFF, _A.ON_DUTY}), _A.STANDBY),
    "go_on_duty": (frozenset({_A.OFF, _A.STANDBY}), _A.ON_DUTY),
    "reserve": (frozenset({_A.ON_DUTY, _A.STANDBY}), _A.RESERVED),  # who stands by, only in an emergency
    "depart": (frozenset({_A.RESERVED}), _A.EN_ROUTE),
    "arrive": (frozenset({_A.RESERVED, _A.EN_ROUTE}), _A.ON_SCENE),
    "release": (frozenset({_A.RESERVED, _A.EN_ROUTE, _A.ON_SCENE}), _A.ON_DUTY),
}
_STATE_ZH: dict[Availability, str] = {
    _A.OFF: "离岗",
    _A.STANDBY: "备勤",
    _A.ON_DUTY: "在岗",
    _A.RESERVED: "已派单",
    _A.EN_ROUTE: "途中",
    _A.ON_SCENE: "现场",
}


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody was: degrees (WGS-84), and how far off that may be in metres."""

    lon: float
    lat: float
    accuracy_m: float
    at: datetime

    @property
    def point(self) -> Point:
        """Without its circumstances."""
        return Point(lon=self.lon, lat=self.lat)


class Vetting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looked into the person and found them fit for sensitive work, until a date."""

    by: Actor
    at: datetime
    valid_until: datetime


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """What was done in a year."""

    minutes: int = 0
    duties: int = 0


class Responder(msgspec.Struct, kw_only=True):
    """The aggregate. Its methods are the commands; each returns the events or raises a Refusal and changes nothing.

    `place` is where a search looks for it: the last position, else the middle of the home area. `sends` counts since it came on duty.
    """

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    kind: str
    person_id: str | None
    name: str
    home_area_id: str
    area_path: tuple[str, ...]
    skills: tuple[str, ...]
    registered: bool = False
    employer: str | None = None
    yearly_hours: int = 0
    retired: bool = False
    availability: Availability = Availability.OFF
    since: datetime
    home: Point | None = None
    place: Point | None = None
    position: Position | None = None
    vetting: Vetting | None = None
    deployment_id: str | None = None
    sends: int = 0
    last_sent_at: datetime | None = None
    service: dict[str, Service] = msgspec.field(default_factory=dict)

    @classmethod
    def enrol(
        cls, record: ResponderRecord, area_path: tuple[str, ...], home: Point | None, now: datetime
    ) -> tuple["Responder", list[EventData]]:
        """An entry for a record of the organisation's file; `home` is the middle of its home area."""
        values = msgspec.structs.asdict(record)
        responder = cls(**values, area_path=area_path, home=home, place=home, since=now)
        return responder, [responder._enrolled()]

    @classmethod
    def register(
        cls,
        kind: RegisteredKind,
        *,
        person_id: str | None,
        name: str,
        area_path: tuple[str, ...],
        home: Point | None,
        skills: tuple[str, ...],
        employer: str | None,
        yearly_hours: int,
        now: datetime,
    ) -> tuple["Responder", list[EventData]]:
        """A volunteer, a reservist or a partner registers with the home community (R-23, R-24, R-42)."""
        responder = cls(
            id=new_id("responder"),
            kind=kind,
            person_id=person_id,
            name=name,
            home_area_id=area_path[-1],
            area_path=area_path,
            skills=skills,
            registered=True,
            employer=employer,
            yearly_hours=yearly_hours,
            since=now,
            home=home,
            place=home,
        )
        return responder, [responder._enrolled()]

    def revise(self, record: ResponderRecord, area_path: tuple[str, ...], home: Point | None) -> list[EventData]:
        """Take over what the file says now. No event when it says nothing new."""
        values: dict[str, Any] = {**msgspec.structs.asdict(record), "area_path": area_path, "home": home}
        if not self.retired and all(getattr(self, name) == value for name, value in values.items()):
            return []
        for name, value in values.items():
            setattr(self, name, value)
        self.retired = False
        self.place = self.position.point if self.position else home
        return [self._enrolled()]

    def retire(self, now: datetime) -> list[EventData]:
        """Take the entry out of the register; who is sent out finishes first."""
        if self.retired:
            raise ResponderRetired
        if self.deployment_id is not None:
            raise self._forbidden()
        self.retired = True
        self.availability, self.since = Availability.OFF, now
        self._forget_position()
        return [ResponderRetiredFromRegister(responder_id=self.id)]

    def fits(self, role: str) -> bool:
        """Whether the responder can fill `role` of a team or shift: by kind or by skill."""
        return role == self.kind or role in self.skills

    def vetted(self, now: datetime) -> bool:
        """Whether a vetting holds at `now`."""
        return self.vetting is not None and now < self.vetting.valid_until

    def set_availability(self, wanted: Literal["off", "standby", "on_duty"], now: datetime) -> list[EventData]:
        """Come on duty, stand by, or go. Somebody who is sent out cannot: the deployment ends first."""
        acts: dict[str, Act] = {"off": "go_off", "standby": "stand_by", "on_duty": "go_on_duty"}
        if self.deployment_id is not None:  # `release` is the deployment's word
            raise self._forbidden()
        self._enter(acts[wanted], now)
        if self.availability is Availability.ON_DUTY:
            self.sends = 0
        if self.availability is Availability.OFF:
            self._forget_position()
        return [self._changed()]

    def reserve(self, deployment_id: str, now: datetime) -> list[EventData]:
        """Hold the responder for a deployment. Raises when it is not free."""
        self._enter("reserve", now)
        self.deployment_id = deployment_id
        self.sends += 1
        self.last_sent_at = now
        return [self._changed()]

    def depart(self, deployment_id: str, now: datetime) -> list[EventData]:
        """On the way."""
        self._held_by(deployment_id)
        self._enter("depart", now)
        return [self._changed()]

    def arrive(self, deployment_id: str, position: Position, now: datetime) -> list[EventData]:
        """There, with the place where it checked in."""
        self._held_by(deployment_id)
        self._enter("arrive", now)
        self._stand_at(position)
        return [self._changed()]

    def release(self, deployment_id: str, now: datetime) -> list[EventData]:
        """Free again: declined, not answered, done or stood down."""
        self._held_by(deployment_id)
        self._enter("release", now)
        self.deployment_id = None
        return [self._changed()]

    def move(self, position: Position) -> list[EventData]:
        """A new position; where it is stays out of the event."""
        if self.retired:
            raise ResponderRetired
        if self.availability is Availability.OFF:  # off duty nobody is followed
            raise self._forbidden()
        if self.position is not None and position.at <= self.position.at:
            raise PositionOutdated(path=("at",))
        self._stand_at(position)
        return [ResponderMoved(responder_id=self.id, accuracy_m=position.accuracy_m)]

    def vet(self, valid_until: datetime, now: datetime, by: Actor) -> list[EventData]:
        """Fit for sensitive work until then."""
        if valid_until <= now:
            raise VettingInThePast(path=("validUntil",))
        self.vetting = Vetting(by=by, at=now, valid_until=valid_until)
        return [ResponderVetted(responder_id=self.id, valid_until=valid_until)]

    def revoke_vetting(self) -> list[EventData]:
        """No longer fit for sensitive work."""
        self.vetting = None
        return [ResponderVetted(responder_id=self.id, valid_until=None)]

    def serve(self, minutes: int, at: datetime) -> list[EventData]:
        """Book a duty done in the local year of `at`. Raises HoursOutOfRange for less than a minute or more than a day."""
        if not 1 <= minutes <= MAX_DUTY_HOURS * 60:
            raise HoursOutOfRange(path=("minutes",), limit=MAX_DUTY_HOURS)
        year = str(at.astimezone(LOCAL).year)
        before = self.service.get(year, Service())
        done = Service(minutes=before.minutes + minutes, duties=before.duties + 1)
        self.service[year] = done
        return [
            ResponderServed(
                responder_id=self.id, year=int(year), minutes=minutes, year_minutes=done.minutes, duties=done.duties
            )
        ]

    def _enter(self, act: Act, now: datetime) -> None:
        if self.retired:
            raise ResponderRetired
        allowed, target = TRANSITIONS[act]
        if self.availability not in allowed:
            raise self._forbidden()
        self.availability, self.since = target, now

    def _held_by(self, deployment_id: str) -> None:
        if self.deployment_id != deployment_id:
            raise ResponderHeldElsewhere(name=self.name)

    def _forbidden(self) -> ResponderStateForbids:
        return ResponderStateForbids(
            name=self.name, state=self.availability.value, state_zh=_STATE_ZH[self.availability]
        )

    def _stand_at(self, position: Position) -> None:
        self.position = position
        self.place = position.point

    def _forget_position(self) -> None:
        self.position = None
        self.place = self.home

    def _enrolled(self) -> ResponderEnrolled:
        return ResponderEnrolled(
            responder_id=self.id,
            kind=self.kind,
            home_area_id=self.home_area_id,
            area_path=list(self.area_path),
            skills=list(self.skills),
            registered=self.registered,
        )

    def _changed(self) -> ResponderAvailabilityChanged:
        return ResponderAvailabilityChanged(
            responder_id=self.id, availability=self.availability, deployment_id=self.deployment_id
        )
