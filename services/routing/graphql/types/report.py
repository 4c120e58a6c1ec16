"""What routing adds to a report: its orders, and who was made responsible for it and why."""

from datetime import datetime

import strawberry
import strawberry.federation

from services.routing.access.order import Sight
from services.routing.graphql.context import Info
from services.routing.graphql.types.asset import Asset
from services.routing.graphql.types.call import Call, call_of_report
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.routing import RoutingCondition, RoutingReason, reasons, text
from services.routing.graphql.types.summons import Summons
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.model.rules.conditions import Condition
from services.routing.model.rules.decision import Decision, Replaced
from services.routing.views.work_order import SeenDecision, joinable


@strawberry.type(description="Who was responsible before the matter was routed anew. 改派前的牵头方。")
class ReplacedDecision:
    at: datetime
    changed: list[Condition] = strawberry.field(description="Which facts changed; staff. 变更的要素。")
    _replaced: strawberry.Private[Replaced]
    _sight: strawberry.Private[Sight]

    @strawberry.field(description="The post then responsible; staff. 原牵头岗位。")
    def lead_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._replaced.lead_post) if self._sight is Sight.FULL else None

    @strawberry.field(description="The unit then responsible. 原牵头单位。")
    def lead_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._replaced.lead_unit)


@strawberry.type(description="Who was made responsible, and why. 派单依据。")
class RoutingDecision:
    path: str = strawberry.field(description="`order` or `mediation`. 工单或调解。")
    rule: str | None = strawberry.field(description="The rule that decided; staff. 适用规则。")
    rule_note: str | None = strawberry.field(description="What that rule says; staff. 规则说明。")
    reasons: list[RoutingReason] = strawberry.field(
        description="Earlier rules for this kind of matter and why they did not decide; staff. 前序规则及未适用原因。"
    )
    conditions: list[RoutingCondition] = strawberry.field(
        description="What decided asks for, and what the matter has; staff. 适用条件。"
    )
    rule_set: int | None = strawberry.field(description="The number of the rule set then in force; staff. 规则集版本。")
    ruling: str | None = strawberry.field(
        description="The ruling that named the lead instead of the rule; staff. 适用裁定。"
    )
    rules_for_other_matters: int | None = strawberry.field(
        description="Earlier rules for other kinds of matter; staff. 其他类别规则数。"
    )
    unresolved: str | None = strawberry.field(
        description="Why the centre got a matter that no rule settles. 无规则可用时的说明。"
    )
    _seen: strawberry.Private[SeenDecision]

    @strawberry.field(description="The decision that this one stands in place of. 原派单。")
    def replaced(self) -> ReplacedDecision | None:
        replaced, sight = self._seen.decision.replaced, self._seen.sight
        if replaced is None:
            return None
        changed = list(replaced.changed) if sight is Sight.FULL else []
        return ReplacedDecision(at=replaced.decided_at, changed=changed, _replaced=replaced, _sight=sight)

    @strawberry.field(description="The post made responsible; staff. 牵头岗位。")
    def lead_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._seen.decision.lead_post) if self._seen.sight is Sight.FULL else None

    @strawberry.field(description="The unit made responsible. 牵头单位。")
    def lead_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._seen.decision.lead_unit)


@strawberry.federation.type(keys=["id"], description="A report; intake tells more. 诉求。")
class Report:
    id: strawberry.ID

    @strawberry.field(description="Its work orders that the caller may see, oldest first. 工单。")
    async def work_orders(self, info: Info) -> list[WorkOrder]:
        return [WorkOrder.of(seen) for seen in await info.context.orders_of_report.load(self.id)]

    @strawberry.field(description="Who was made responsible and why. 派单依据。")
    async def routing_decision(self, info: Info) -> RoutingDecision | None:
        seen = await info.context.decision_of_report.load(self.id)
        return _decision(info, seen) if seen else None

    @strawberry.field(description="The call it is, when an organ called; staff. 呼叫。")
    async def call(self, info: Info) -> Call | None:
        return await call_of_report(info.context, self.id)

    @strawberry.field(description="Whistles blown for it; staff. 吹哨。")
    async def summonses(self, info: Info) -> list[Summons]:
        return [Summons.of(one) for one in await info.context.summonses_of_report.load(self.id)]

    @strawberry.field(description="The asset it is about; staff. 关联设施。")
    async def asset(self, info: Info) -> Asset | None:
        asset = await info.context.asset_of_report.load(self.id)
        return Asset.of(asset) if asset else None

    @strawberry.field(description="Other open orders about the same asset; staff. 同一设施的其他未办结工单。")
    async def same_asset_orders(self, info: Info) -> list[WorkOrder]:
        asset = await info.context.asset_of_report.load(self.id)
        found = await info.context.open_orders_of_asset.load(asset.id) if asset else []
        return [WorkOrder.of(seen) for seen in found if seen.order.report_id != self.id]

    @strawberry.field(
        description="Earlier orders about the same asset and of the same category that its own can be joined to; staff. "
        "建议并入的在办工单。"
    )
    async def orders_to_join(self, info: Info) -> list[WorkOrder]:
        asset = await info.context.asset_of_report.load(self.id)
        if asset is None:
            return []
        own = await info.context.orders_of_report.load(self.id)
        found = await info.context.open_orders_of_asset.load(asset.id)
        return [WorkOrder.of(seen) for seen in joinable(own, found)]

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Report":
        return cls(id=id)


def _decision(info: Info, seen: SeenDecision) -> RoutingDecision:
    decision, language = seen.decision, info.context.language
    full = seen.sight is Sight.FULL
    facts = decision.report.facts(decision.decided_at)
    return RoutingDecision(
        path=decision.path,
        rule=decision.rule_id if full else None,
        rule_note=_note(info, decision) if full else None,
        reasons=reasons(decision.passed_over, facts, language) if full else [],
        conditions=[RoutingCondition.of(met, facts) for met in decision.met] if full else [],
        rule_set=decision.rule_set if full else None,
        ruling=decision.ruling_id if full else None,
        rules_for_other_matters=decision.other_categories if full else None,
        unresolved=text(decision.unresolved, language) if full and decision.unresolved else None,
        _seen=seen,
    )


def _note(info: Info, decision: Decision) -> str | None:
    return next((rule.note for rule in info.context.directory.rules if rule.id == decision.rule_id), None)
