"""Events of dry runs of rule sets."""

from services.chassis.events import EventData


class DryRunStarted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.dry_run.started.v1"
    dry_run_id: str
    rule_set_id: str
    number: int
    against: int


class DryRunFinished(EventData, frozen=True, kw_only=True):
    type = "huying.routing.dry_run.finished.v1"
    dry_run_id: str
    rule_set_id: str
    number: int
    matters: int
    changed: int
