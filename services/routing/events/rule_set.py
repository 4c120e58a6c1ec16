"""Events of rule sets."""

from services.chassis.events import EventData


class RuleSetDrafted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.rule_set.drafted.v1"
    version_id: str
    number: int
    note: str


class RuleSetActivated(EventData, frozen=True, kw_only=True):
    type = "huying.routing.rule_set.activated.v1"
    version_id: str
    number: int
    reason: str
    replaces: int | None


class RuleSetSuperseded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.rule_set.superseded.v1"
    version_id: str
    number: int
    replaced_by: int
