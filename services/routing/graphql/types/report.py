"""What routing adds to a report: its orders, and who was made responsible for it and why."""

import strawberry
import strawberry.federation

from services.routing.access import Sight
from services.routing.graphql.context import Info
from services.routing.graphql.types.asset import Asset
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.work_order import WorkOrder
from services.routing.model.decision import Decision
from services.routing.model.routing import PassedOver, Unresolved, WhyNot
from services.routing.views.work_order import SeenDecision

strawberry.enum(WhyNot, name="RuleOutcome", description="Why an earlier rule did not decide. 前序规则未适用的原因。")

_TEXTS: dict[str, tuple[str, str]] = {
    WhyNot.OTHER_CATEGORY: ("for another category", "类别不符"),
    WhyNot.OTHER_AREA: ("for another area", "区域不符"),
    WhyNot.AREA_TOO_COARSE: ("the place is not known so finely", "地点未细化到该层级"),
    WhyNot.NOT_FOR_DISPUTES: ("not for disputes", "不适用于矛盾纠纷"),
    WhyNot.NO_COMPETENT_POST: ("no competent post there", "该处没有具备职责的岗位"),
    Unresolved.UNKNOWN_AREA: ("The area is not known here; the centre decides.", "区域未登记,由指挥中心处置。"),
    Unresolved.NO_MEDIATION_RULE: ("No rule for this dispute; the centre decides.", "无对应调解规则,由指挥中心处置。"),
}


@strawberry.type(description="An earlier rule that did not decide. 未适用的前序规则。")
class RoutingReason:
    rule: str
    outcome: WhyNot
    text: str = strawberry.field(description="The same as a sentence, in the caller's language. 说明。")


@strawberry.type(description="Who was made responsible, and why. 派单依据。")
class RoutingDecision:
    path: str = strawberry.field(description="`order` or `mediation`. 工单或调解。")
    rule: str | None = strawberry.field(description="The rule that decided; staff. 适用规则。")
    rule_note: str | None = strawberry.field(description="What that rule says; staff. 规则说明。")
    reasons: list[RoutingReason] = strawberry.field(
        description="Earlier rules for this kind of matter and why they did not decide; staff. 前序规则及未适用原因。"
    )
    rules_for_other_matters: int | None = strawberry.field(
        description="Earlier rules for other kinds of matter; staff. 其他类别规则数。"
    )
    unresolved: str | None = strawberry.field(
        description="Why the centre got a matter that no rule settles. 无规则可用时的说明。"
    )
    _seen: strawberry.Private[SeenDecision]

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

    @strawberry.field(description="The asset it is about; staff. 关联设施。")
    async def asset(self, info: Info) -> Asset | None:
        asset = await info.context.asset_of_report.load(self.id)
        return Asset.of(asset) if asset else None

    @strawberry.field(description="Other open orders about the same asset; staff. 同一设施的其他未办结工单。")
    async def same_asset_orders(self, info: Info) -> list[WorkOrder]:
        asset = await info.context.asset_of_report.load(self.id)
        found = await info.context.open_orders_of_asset.load(asset.id) if asset else []
        return [WorkOrder.of(seen) for seen in found if seen.order.report_id != self.id]

    @classmethod
    def resolve_reference(cls, info: Info, id: strawberry.ID) -> "Report":
        return cls(id=id)


def _decision(info: Info, seen: SeenDecision) -> RoutingDecision:
    decision, language = seen.decision, info.context.language
    full = seen.sight is Sight.FULL
    return RoutingDecision(
        path=decision.path,
        rule=decision.rule_id if full else None,
        rule_note=_note(info, decision) if full else None,
        reasons=[_reason(row, language) for row in decision.passed_over] if full else [],
        rules_for_other_matters=decision.other_categories if full else None,
        unresolved=_text(decision.unresolved, language) if full and decision.unresolved else None,
        _seen=seen,
    )


def _note(info: Info, decision: Decision) -> str | None:
    return next((rule.note for rule in info.context.directory.rules if rule.id == decision.rule_id), None)


def _reason(row: PassedOver, language: str) -> RoutingReason:
    return RoutingReason(rule=row.rule_id, outcome=row.why, text=_text(row.why, language))


def _text(reason: str, language: str) -> str:
    return _TEXTS[reason][language == "zh"]
