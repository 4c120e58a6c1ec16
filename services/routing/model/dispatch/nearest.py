"""Who is sent: available responders in the order of how soon each would be there, with every figure that counted (R-07).

Travel time is the great-circle distance, lengthened for streets, at a speed for the kind of responder; no routing engine is asked.
Everything else is counted in minutes too, so that a rank can be explained by a sum.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from services.routing.model.dispatch.responder import Availability, Responder
from services.routing.model.organisation.point import Point

_EARTH_M = 6_371_000.0
_DETOUR = 1.3  # streets against the straight line
_MISSING_SKILL_MINUTES = 5.0  # for each skill that was asked for and is not there
_LOAD_MINUTES = 2.0  # for each time it was sent since it came on duty
_AWAY_MINUTES = 2.0  # for a matter outside the community of its home area, whose ways it knows less
_JUST_SENT_MINUTES = 3.0  # right after it was sent; fades over an hour
_CALL_UP_MINUTES = 5.0  # until somebody who stands by is ready to go
_FAIR_AFTER = timedelta(hours=1)
_COMMUNITY = 3  # district, street, community: the part of a path that is the neighbourhood

# Kilometres an hour: teams and officers drive, attendants ride electric bicycles, the others walk.
_SPEED_KMH: Mapping[str, float] = {"team": 30.0, "officer": 30.0, "duty_staff": 20.0, "attendant": 15.0}
_WALKING_KMH = 5.0


class WhyNotSent(StrEnum):
    """Why somebody is not in the ranking."""

    RETIRED = "retired"
    OFF = "off"
    STANDBY = "standby"
    RESERVED = "reserved"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    NOT_VETTED = "not_vetted"
    VETTING_EXPIRED = "vetting_expired"
    NO_SKILL = "no_skill"
    NO_PLACE = "no_place"
    TOO_FAR = "too_far"


# The same as sentences, English and Chinese.
WHY_TEXT: Mapping[WhyNotSent, tuple[str, str]] = {
    WhyNotSent.RETIRED: ("no longer in the register", "已退出登记"),
    WhyNotSent.OFF: ("off duty", "已离岗"),
    WhyNotSent.STANDBY: ("on standby, not called up", "备勤,未召集"),
    WhyNotSent.RESERVED: ("asked to go to another matter", "已派往其他事项"),
    WhyNotSent.EN_ROUTE: ("on the way to another matter", "正赶往其他现场"),
    WhyNotSent.ON_SCENE: ("on another scene", "正在其他现场"),
    WhyNotSent.NOT_VETTED: ("not vetted for sensitive matters", "未通过涉敏事项审查"),
    WhyNotSent.VETTING_EXPIRED: ("the vetting for sensitive matters has expired", "涉敏审查已过期"),
    WhyNotSent.NO_SKILL: ("none of the skills asked for", "不具备所需技能"),
    WhyNotSent.NO_PLACE: ("nobody knows where", "位置不明"),
    WhyNotSent.TOO_FAR: ("too far away", "距离过远"),
}


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a matter asks for: somebody at a point, with skills, fit for sensitive work or not.

    In an emergency who stands by is called up too (平急结合, R-30).
    """

    point: Point
    area_path: tuple[str, ...]
    skills: tuple[str, ...] = ()
    sensitive: bool = False
    emergency: bool = False
    within_m: float = 20_000.0


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One rank. `score` is the sum of the minutes; the lowest goes first."""

    responder_id: str
    distance_m: float
    travel_minutes: float
    missing_skills: tuple[str, ...]
    skill_minutes: float
    sends: int
    load_minutes: float
    call_up_minutes: float
    at_home: bool
    away_minutes: float
    last_sent_at: datetime | None
    fairness_minutes: float
    position_at: datetime | None
    score: float


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody near who is not sent, and why."""

    responder_id: str
    distance_m: float | None
    why: WhyNotSent


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, as it is kept with the deployment."""

    need: Need
    at: datetime
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]


def rank(responders: Sequence[Responder], need: Need, now: datetime) -> Ranking:
    """Rank those who can be sent; the others who are at work are named with the reason."""
    candidates: list[Candidate] = []
    excluded: list[Excluded] = []
    for responder in responders:
        if responder.retired or responder.availability is Availability.OFF:
            continue
        if why := why_not(responder, need, now):
            distance = metres(responder.place, need.point) if responder.place else None
            excluded.append(Excluded(responder_id=responder.id, distance_m=distance, why=why))
        else:
            candidates.append(_candidate(responder, need, now))
    return Ranking(
        need=need,
        at=now,
        candidates=tuple(sorted(candidates, key=lambda one: (one.score, one.responder_id))),
        excluded=tuple(sorted(excluded, key=lambda one: (one.distance_m or 0.0, one.responder_id))),
    )


def why_not(responder: Responder, need: Need, now: datetime) -> WhyNotSent | None:
    """The first reason against sending, None when there is none."""
    if responder.retired:
        return WhyNotSent.RETIRED
    called_up = need.emergency and responder.availability is Availability.STANDBY
    if responder.availability is not Availability.ON_DUTY and not called_up:
        return WhyNotSent(responder.availability.value)
    if need.sensitive and not responder.vetted(now):
        return WhyNotSent.VETTING_EXPIRED if responder.vetting else WhyNotSent.NOT_VETTED
    if need.skills and not any(responder.fits(skill) for skill in need.skills):
        return WhyNotSent.NO_SKILL
    if responder.place is None:
        return WhyNotSent.NO_PLACE
    return WhyNotSent.TOO_FAR if metres(responder.place, need.point) > need.within_m else None


def metres(a: Point, b: Point) -> float:
    """The great-circle distance."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def _candidate(responder: Responder, need: Need, now: datetime) -> Candidate:
    assert responder.place  # what `why_not` asks for
    distance = metres(responder.place, need.point)
    missing = tuple(skill for skill in need.skills if not responder.fits(skill))
    at_home = responder.area_path[:_COMMUNITY] == need.area_path[:_COMMUNITY]
    speed = _SPEED_KMH.get(responder.kind, _WALKING_KMH) * 1000 / 60
    minutes = {
        "travel_minutes": distance * _DETOUR / speed,
        "skill_minutes": _MISSING_SKILL_MINUTES * len(missing),
        "load_minutes": _LOAD_MINUTES * responder.sends,
        "call_up_minutes": _CALL_UP_MINUTES if responder.availability is Availability.STANDBY else 0.0,
        "away_minutes": 0.0 if at_home else _AWAY_MINUTES,
        "fairness_minutes": _just_sent(responder.last_sent_at, now),
    }
    return Candidate(
        responder_id=responder.id,
        distance_m=distance,
        missing_skills=missing,
        sends=responder.sends,
        at_home=at_home,
        last_sent_at=responder.last_sent_at,
        position_at=responder.position.at if responder.position else None,
        score=sum(minutes.values()),
        **minutes,
    )


def _just_sent(last: datetime | None, now: datetime) -> float:
    if last is None:
        return 0.0
    return _JUST_SENT_MINUTES * max(0.0, 1.0 - (now - last) / _FAIR_AFTER)
