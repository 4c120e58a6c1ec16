"""What must hold in a set of routing rules, and what a ruling in force adds to them."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import InvalidInput, Refusal
from services.routing.errors.common import UnknownPost
from services.routing.errors.rules import (
    ClocksNotAboveZero,
    LastResortMissing,
    LeadNotOne,
    RuleOrderTaken,
    RuleTwice,
    UnknownArea,
    UnknownCategory,
)
from services.routing.model.organisation.organisation import Rule
from services.routing.model.rules.conditions import Conditions


class Precedent(msgspec.Struct, frozen=True, kw_only=True):
    """A ruling in force as routing consults it (R-32): such matters, there, are this post's. `id` is the ruling's."""

    id: str
    post_id: str
    category: str | None
    area_id: str | None
    when: Conditions = Conditions()
    valid_from: datetime
    valid_to: datetime | None = None


def rule_problems(
    rules: Sequence[Rule], areas: Container[str], posts: Container[str], categories: Container[str] | None
) -> Iterator[Refusal]:
    """What keeps a set of rules from being used, each with its path below `rules`; `categories` None: not known yet."""
    ids: set[str] = set()
    orders: dict[int, str] = {}
    for index, rule in enumerate(rules):
        at = ("rules", str(index))
        if rule.id in ids:
            yield RuleTwice(path=(*at, "id"), rule=rule.id)
        ids.add(rule.id)
        if other := orders.get(rule.order):
            yield RuleOrderTaken(path=(*at, "order"), rule=rule.id, other=other, order=rule.order)
        orders.setdefault(rule.order, rule.id)
        if rule.category and categories is not None and rule.category not in categories:
            yield UnknownCategory(path=(*at, "category"), category=rule.category)
        if rule.area_id and rule.area_id not in areas:
            yield UnknownArea(path=(*at, "areaId"), area=rule.area_id)
        if (rule.lead.post_id is None) == (rule.lead.unit_kind is None):
            yield LeadNotOne(path=(*at, "lead"), rule=rule.id)
        if rule.lead.post_id and rule.lead.post_id not in posts:
            yield UnknownPost(path=(*at, "lead", "postId"), post=rule.lead.post_id)
        if any(given is not None and given <= 0 for given in (rule.accept_minutes, rule.resolve_hours)):
            yield ClocksNotAboveZero(path=at, rule=rule.id)
        window = rule.when.time
        if window and window.from_date and window.to_date and window.to_date < window.from_date:
            yield InvalidInput(path=(*at, "when", "time", "toDate"), reason=f"rule {rule.id}: toDate < fromDate")
    if not any(rule.holds_everywhere for rule in rules):
        yield LastResortMissing(path=("rules",))
