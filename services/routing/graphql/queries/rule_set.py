"""Rule sets, their history and what changed between two; for staff."""

import strawberry

from services.chassis.errors import NotFound
from services.chassis.graphql.connection import Connection, page
from services.routing.access.staff import require_staff
from services.routing.graphql.context import Info
from services.routing.graphql.types.rule_set import RuleChange, RuleSet, rule_set_of
from services.routing.model.organisation.organisation import Rule
from services.routing.model.rules import rule_set
from services.routing.store.configuration import RULE_SETS, in_force


@strawberry.type
class RuleSetQueries:
    @strawberry.field(description="A rule set; without id the one in force. 规则集,默认施行中的版本。")
    async def rule_set(self, info: Info, id: strawberry.ID | None = None) -> RuleSet | None:
        context = info.context
        require_staff(context.viewer)
        if id is not None:
            return await rule_set_of(context, id)
        active = await in_force(context.store.mongo, RULE_SETS)
        return RuleSet.of(active) if active else None

    @strawberry.field(description="Rule sets, newest first. 规则集列表。")
    async def rule_sets(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RuleSet]:
        context = info.context
        require_staff(context.viewer)
        return await page(
            *(context.store.mongo, RULE_SETS.collection.name, {}),
            lambda row: RuleSet.of(RULE_SETS.from_document(row)),
            first=first,
            after=after,
            order_by="number",
        )

    @strawberry.field(description="What `to` changes against `from`. 两版规则的差异。")
    async def rule_set_difference(self, info: Info, from_id: strawberry.ID, to_id: strawberry.ID) -> list[RuleChange]:
        require_staff(info.context.viewer)
        before, after = await _content(info, from_id, "fromId"), await _content(info, to_id, "toId")
        return [RuleChange.of(change) for change in rule_set.rule_changes(before, after)]


async def _content(info: Info, version_id: str, argument: str) -> tuple[Rule, ...]:
    row = await info.context.store.find(RULE_SETS.collection.name, version_id)
    if row is None:
        raise NotFound(what=RULE_SETS.what, path=(argument,))
    return RULE_SETS.from_document(row).content
