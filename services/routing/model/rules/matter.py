"""The closed sets that a matter is graded by (domain.md §3.1), as intake announces them."""

from enum import StrEnum


class Kind(StrEnum):
    """What kind of report it is."""

    CONSULTATION = "consultation"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    HELP = "help"
    EVENT = "event"
    CALL = "call"
    TIP_OFF = "tip_off"


class CallLevel(StrEnum):
    """The entry used: the public one, or a call of a rung of the ladder."""

    PUBLIC = "public"
    GRID = "grid"
    COMMUNITY = "community"
    STREET = "street"
    ELEVATED = "elevated"


class Channel(StrEnum):
    """How it came in."""

    PUBLIC = "public"
    ATTENDANT = "attendant"
    VIDEO = "video"
    POLICE = "police"
    ORGAN = "organ"
    HOTLINE = "hotline"
    RECEPTION = "reception"
    MINI_PROGRAM = "mini_program"


class Urgency(StrEnum):
    """How soon."""

    ROUTINE = "routine"
    URGENT = "urgent"
    CRITICAL = "critical"


class Mode(StrEnum):
    """Whether command works as in peacetime or as in an emergency (R-30, I-14)."""

    ROUTINE = "routine"
    EMERGENCY = "emergency"


class Track(StrEnum):
    """Who handles it: the neighbours, the owners' committee with help, or several together (I-11)."""

    SELF_GOVERNED = "self_governed"
    COMMITTEE_ASSISTED = "committee_assisted"
    JOINTLY_MANAGED = "jointly_managed"


class Sensitivity(StrEnum):
    """Who may know of it (domain.md §3.0)."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    SEALED = "sealed"
