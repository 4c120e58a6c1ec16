"""Events of dry runs of rule sets."""

from typing import Any

_RUN = {
    "dryRunId": "dryrun_01kapr2hz1eyfsp0xw5r7nd4jc",
    "ruleSetId": "ruleset_01kapr0q3tf8rbbjd1sv4wj3t4",
    "number": 4,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "dry_run.started": {**_RUN, "against": 3},
    "dry_run.finished": {**_RUN, "matters": 7765, "changed": 412},
}
