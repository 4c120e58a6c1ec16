"""The closed sets and small values a report is made of (domain §3.1)."""

import enum
from datetime import datetime

import msgspec


class Kind(enum.StrEnum):
    CONSULTATION = "consultation"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    HELP = "help"
    EVENT = "event"
    CALL = "call"
    TIP_OFF = "tip_off"


class CallLevel(enum.StrEnum):
    """Which of the entries was used: the public one, or one of the four calls (I-01, I-02)."""

    PUBLIC = "public"
    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"
    ELEVATED = "elevated"


class Channel(enum.StrEnum):
    PUBLIC = "public"
    ATTENDANT = "attendant"
    VIDEO = "video"
    POLICE = "police"
    ORGAN = "organ"
    HOTLINE = "hotline"
    RECEPTION = "reception"
    MINI_PROGRAM = "mini_program"


class IdentityMode(enum.StrEnum):
    OPEN = "open"
    SEALED = "sealed"
    ANONYMOUS = "anonymous"


class Urgency(enum.StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    CRITICAL = "critical"


class Importance(enum.StrEnum):
    NORMAL = "normal"
    IMPORTANT = "important"
    MAJOR = "major"


class Mode(enum.StrEnum):
    ROUTINE = "routine"
    EMERGENCY = "emergency"


class Track(enum.StrEnum):
    SELF_GOVERNED = "self_governed"
    COMMITTEE_ASSISTED = "committee_assisted"
    JOINTLY_MANAGED = "jointly_managed"


class DisputeType(enum.StrEnum):
    NEIGHBOUR = "neighbour"
    PROPERTY = "property"
    LABOUR_WAGE = "labour_wage"
    LIFT_RETROFIT = "lift_retrofit"
    LAND = "land"
    FAMILY = "family"
    CONSUMER = "consumer"
    OTHER = "other"


class PlaceOrigin(enum.StrEnum):
    """Whether somebody gave the place, or a stated rule assigned it."""

    GIVEN = "given"
    ASSIGNED = "assigned"


class Sensitivity(enum.StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    SEALED = "sealed"


class Path(enum.StrEnum):
    ORDER = "order"
    MEDIATION = "mediation"


class Disposition(enum.StrEnum):
    """With what result a report ended; never where it is in the process."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PARTLY_SOLVED = "partly_solved"
    DEFERRED = "deferred"
    NOT_COMPETENT = "not_competent"
    UNFOUNDED = "unfounded"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"


class State(enum.StrEnum):
    """Where in the process a report is."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    ANSWERED = "answered"
    ROUTED = "routed"
    IN_PROGRESS = "in_progress"
    DEFERRED = "deferred"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person, with the post and unit held at the time; `name` and `phone` only for somebody without an account."""

    person: str | None = None
    post: str | None = None
    unit: str | None = None
    name: str | None = None
    phone: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A point in WGS-84; `accuracy` in metres."""

    lon: float
    lat: float
    accuracy: float | None = None
    address: str | None = None


class ExternalRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The number another system knows this report by (I-06, I-07)."""

    system: str
    number: str
    deadline: datetime | None = None


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """Where an imported report stood, and the rule that gave it a place and a category."""

    source: str
    line: int
    rule: str


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a report's timeline."""

    length: int
    hash: str
