"""What a matter asks of somebody beside its lead: to help, to check, to decide, to take over (我的待办).

An aggregate says at any time which duties it has given; a duty that is done is not among them.
"""

from datetime import datetime
from enum import StrEnum

import msgspec


class WorkKind(StrEnum):
    """What somebody has to do."""

    LEAD = "lead"
    ANSWER_CALL = "answer_call"
    ANSWER_SUPERVISION = "answer_supervision"
    INSPECT = "inspect"
    DO_GRID_TASK = "do_grid_task"
    ASSIST = "assist"
    VERIFY = "verify"
    CHECK_SAMPLE = "check_sample"
    DECIDE_EXTENSION = "decide_extension"
    ADJUDICATE = "adjudicate"
    STATE = "state"  # its view of whose a matter is
    ACKNOWLEDGE = "acknowledge"
    REPORT_PROGRESS = "report_progress"
    FOLLOW_UP = "follow_up"
    ATTEST = "attest"
    TAKE_OVER = "take_over"
    RECTIFY = "rectify"


class Duty(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be done by `due_at`, by a post, any post of a unit, or the centre of a place: its path of areas.

    `of` tells apart what one aggregate asks more than once of the same kind.
    """

    kind: WorkKind
    due_at: datetime
    of: str = ""
    post: str | None = None
    unit: str | None = None
    centre: tuple[str, ...] = ()
