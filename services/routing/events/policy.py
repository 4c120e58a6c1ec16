"""Events of policy versions."""

from services.chassis.events import EventData


class PolicyDrafted(EventData, frozen=True, kw_only=True):
    type = "huying.routing.policy.drafted.v1"
    version_id: str
    number: int
    note: str


class PolicyActivated(EventData, frozen=True, kw_only=True):
    type = "huying.routing.policy.activated.v1"
    version_id: str
    number: int
    reason: str
    replaces: int | None


class PolicySuperseded(EventData, frozen=True, kw_only=True):
    type = "huying.routing.policy.superseded.v1"
    version_id: str
    number: int
    replaced_by: int
