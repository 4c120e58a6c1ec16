"""Why a matter is whose: conditions with what was asked for and what there was, and the rules that did not decide."""

from collections.abc import Sequence
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.rules.conditions import Condition
from services.routing.model.rules.routing import CONDITION_OF, Facts, Met, PassedOver, Unresolved, Verdict, WhyNot

strawberry.enum(WhyNot, name="RuleOutcome", description="Why an earlier rule did not decide. 前序规则未适用的原因。")
strawberry.enum(Condition, name="RoutingConditionKind", description="What a rule may ask for. 规则条件。")

_TEXTS: dict[str, tuple[str, str]] = {
    WhyNot.OTHER_CATEGORY: ("for another category", "类别不符"),
    WhyNot.OTHER_AREA: ("for another area", "区域不符"),
    WhyNot.AREA_TOO_COARSE: ("the place is not known so finely", "地点未细化到该层级"),
    WhyNot.OTHER_TIME: ("for another time", "时间不符"),
    WhyNot.OTHER_KIND: ("for another kind of report", "诉求类型不符"),
    WhyNot.OTHER_CALL_LEVEL: ("for another level of call", "呼叫层级不符"),
    WhyNot.OTHER_CHANNEL: ("for another channel", "渠道不符"),
    WhyNot.OTHER_TRACK: ("for another track", "处置轨道不符"),
    WhyNot.OTHER_MODE: ("for another mode", "平急状态不符"),
    WhyNot.OTHER_URGENCY: ("for another urgency", "紧急程度不符"),
    WhyNot.OTHER_SENSITIVITY: ("for another sensitivity", "敏感级别不符"),
    WhyNot.NOT_FOR_DISPUTES: ("not for disputes", "不适用于矛盾纠纷"),
    WhyNot.NO_COMPETENT_POST: ("no competent post there", "该处没有具备职责的岗位"),
    Unresolved.UNKNOWN_AREA: ("The area is not known here; the centre decides.", "区域未登记,由指挥中心处置。"),
    Unresolved.NO_MEDIATION_RULE: ("No rule for this dispute; the centre decides.", "无对应调解规则,由指挥中心处置。"),
}


@strawberry.type(description="A condition of the rule that decided. 适用规则的条件。")
class RoutingCondition:
    condition: Condition
    expected: list[str] = strawberry.field(description="What the rule asks for. 规则要求。")
    actual: list[str] = strawberry.field(description="What the matter has. 实际情况。")

    @classmethod
    def of(cls, met: Met, facts: Facts) -> Self:
        """The condition beside the facts."""
        return cls(condition=met.condition, expected=list(met.expected), actual=list(facts.actual(met.condition)))


@strawberry.type(description="An earlier rule that did not decide. 未适用的前序规则。")
class RoutingReason:
    rule: str
    outcome: WhyNot
    text: str = strawberry.field(description="The same as a sentence, in the caller's language. 说明。")
    expected: list[str] = strawberry.field(description="What its first failing condition asks for. 规则要求。")
    actual: list[str] = strawberry.field(description="What the matter has instead. 实际情况。")

    @classmethod
    def of(cls, row: PassedOver, facts: Facts, language: str) -> Self:
        """The rule beside the facts."""
        condition = CONDITION_OF.get(row.why)
        return cls(
            rule=row.rule_id,
            outcome=row.why,
            text=text(row.why, language),
            expected=list(row.expected),
            actual=list(facts.actual(condition)) if condition else [],
        )


@strawberry.type(description="Who would get a matter, and why. 派单推演。")
class RoutingExplanation:
    path: str = strawberry.field(description="`order` or `mediation`. 工单或调解。")
    rule: str = strawberry.field(description="The rule that decides. 适用规则。")
    rule_note: str | None = strawberry.field(description="What that rule says. 规则说明。")
    rule_set: int = strawberry.field(description="The number of the rule set in force. 规则集版本。")
    ruling: str | None = strawberry.field(description="The ruling that names the lead instead of the rule. 适用裁定。")
    conditions: list[RoutingCondition] = strawberry.field(
        description="What decided asks for, and what there is. 条件。"
    )
    reasons: list[RoutingReason] = strawberry.field(
        description="Every earlier rule, and why it does not decide. 前序规则。"
    )
    unresolved: str | None = strawberry.field(description="Why the centre gets it. 无规则可用时的说明。")
    _verdict: strawberry.Private[Verdict]

    @strawberry.field(description="牵头岗位。")
    def lead_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._verdict.lead_post)

    @strawberry.field(description="牵头单位。")
    def lead_unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._verdict.lead_unit)

    @classmethod
    def of(cls, info: Info, facts: Facts, verdict: Verdict) -> Self:
        """A verdict beside the facts."""
        directory, language = info.context.directory, info.context.language
        return cls(
            path=verdict.path,
            rule=verdict.rule_id,
            rule_note=next((rule.note for rule in directory.rules if rule.id == verdict.rule_id), None),
            rule_set=directory.rule_set,
            ruling=verdict.ruling_id,
            conditions=[RoutingCondition.of(met, facts) for met in verdict.met],
            reasons=reasons(verdict.passed_over, facts, language),
            unresolved=text(verdict.unresolved, language) if verdict.unresolved else None,
            _verdict=verdict,
        )


def reasons(rows: Sequence[PassedOver], facts: Facts, language: str) -> list[RoutingReason]:
    """Earlier rules beside the facts."""
    return [RoutingReason.of(row, facts, language) for row in rows]


def text(reason: WhyNot | Unresolved, language: str) -> str:
    """A reason in the caller's language."""
    return _TEXTS[reason][language == "zh"]
