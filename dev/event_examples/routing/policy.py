"""Events of policy versions."""

from typing import Any

_VERSION = {"versionId": "policy_01kapr0q3tf8rbbjd1sv4wj3t4", "number": 2}

EXAMPLES: dict[str, dict[str, Any]] = {
    "policy.drafted": {**_VERSION, "note": "汛期应急时限"},
    "policy.activated": {**_VERSION, "reason": "经联席会议同意", "replaces": 1},
    "policy.superseded": {**_VERSION, "replacedBy": 3},
}
