"""Events of absences and of the gaps they leave. Why somebody is away is nobody's business but the unit's."""

from datetime import datetime

import msgspec

from services.chassis.events import EventData


class AbsenceRecorded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.absence.recorded.v1"
    absence_id: str
    person: str
    since: datetime
    until: datetime
    stand_in_person: str | None
    stand_in_post: str | None


class AbsenceEnded(EventData, frozen=True, kw_only=True):
    """The person is back before the time."""

    type = "huying.routing.absence.ended.v1"
    absence_id: str
    person: str
    until: datetime


class AbsenceCancelled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.absence.cancelled.v1"
    absence_id: str
    person: str


class RosterGapAnnounced(EventData, frozen=True, kw_only=True):
    """Nobody answers for a post: will not (`ahead`), or does not now.

    `kind` is post, or shift: then `gapId` is the shift and `missing` says how many of which role are wanting.
    """

    type = "huying.routing.roster.gap.v1"
    gap_id: str
    post_id: str
    unit_id: str
    area_path: list[str]
    since: datetime
    until: datetime
    ahead: bool
    kind: str = "post"
    missing: dict[str, int] = msgspec.field(default_factory=dict)


class GapFilled(EventData, frozen=True, kw_only=True):
    type = "huying.routing.roster.gap_filled.v1"
    gap_id: str
    post_id: str
    area_path: list[str]
