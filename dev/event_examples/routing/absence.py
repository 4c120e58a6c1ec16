"""Events of absences and of the gaps they leave."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

_ABSENCE = "absence_01m810vbcpe1z8akf38yb7k2aq"
_PERSON = "person_s01_city_head_a"
_GAP = "gap_01m810vbcpe1z8akf38zd4m6nt"
_POST = "post_s01_city_head"

EXAMPLES: dict[str, dict[str, Any]] = {
    "absence.recorded": {
        "absenceId": _ABSENCE,
        "person": _PERSON,
        "since": "2026-11-30T01:00:00Z",
        "until": "2026-12-04T10:00:00Z",
        "standInPerson": "person_s01_economy_head_a",
        "standInPost": None,
    },
    "absence.ended": {"absenceId": _ABSENCE, "person": _PERSON, "until": "2026-12-02T01:00:00Z"},
    "absence.cancelled": {"absenceId": _ABSENCE, "person": _PERSON},
    "roster.gap": {
        "gapId": _GAP,
        "postId": _POST,
        "unitId": "unit_s01_city",
        "areaPath": AREA_PATH[:2],
        "since": "2026-11-30T01:00:00Z",
        "until": "2026-12-01T10:00:00Z",
        "ahead": True,
        "kind": "post",
        "missing": {},
    },
    "roster.gap_filled": {"gapId": _GAP, "postId": _POST, "areaPath": AREA_PATH[:2]},
}
