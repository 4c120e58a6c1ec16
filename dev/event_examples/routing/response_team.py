"""Events of teams: a squad of one officer and two auxiliaries."""

from typing import Any

from dev.event_examples.matters import AREA_PATH
from dev.event_examples.routing.responder import RESPONDER

_TEAM = {"teamId": "team_01m810vbcpe1z8akf3f4y9s8mc"}
_TEMPLATE = {"templateId": "template_01m810vbcpe1z8akf3g6z0t9nd"}
_ROLES = {"roles": {"officer": 1, "auxiliary": 2}}

EXAMPLES: dict[str, dict[str, Any]] = {
    "team_template.defined": {**_TEMPLATE, **_ROLES},
    "team.raised": {
        **_TEAM,
        **_TEMPLATE,
        **_ROLES,
        "kind": "patrol",
        "unitId": "unit_d01_s1_sanitation",
        "areaPath": AREA_PATH[:2],
    },
    "team.staffed": {**_TEAM, "members": {RESPONDER: "officer"}},
    "team.deployed": {**_TEAM, "areaPath": AREA_PATH[:3]},
    "team.stood_down": {**_TEAM, "reason": "任务完成"},
    "team.patrol_planned": {**_TEAM, "route": AREA_PATH[-2:], "timesADay": 3},
    "team.patrolled": {**_TEAM, "areaId": AREA_PATH[-1], "findings": 2},
}
