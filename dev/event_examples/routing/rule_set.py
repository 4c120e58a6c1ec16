"""Events of rule sets."""

from typing import Any

_VERSION = {"versionId": "ruleset_01kapr0q3tf8rbbjd1sv4wj3t4", "number": 4}

EXAMPLES: dict[str, dict[str, Any]] = {
    "rule_set.drafted": {**_VERSION, "note": "夜间噪声改由联动大队处置"},
    "rule_set.activated": {**_VERSION, "reason": "经周调度会同意", "replaces": 3},
    "rule_set.superseded": {**_VERSION, "replacedBy": 5},
}
