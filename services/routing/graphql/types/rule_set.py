"""Rule sets: their rules, their history, what is wrong with them now, and what changed between two."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Self

import strawberry

from services.chassis.graphql.errors import UserError, user_error
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.configuration import Activation, ConfigurationAuthor
from services.routing.graphql.types.matter import CallLevel, Channel, Kind, Mode, Sensitivity, Track, Urgency
from services.routing.graphql.types.post import Post, post_of
from services.routing.graphql.types.work_order import Category
from services.routing.model.organisation import organisation as model
from services.routing.model.organisation.organisation import AreaLevel, PostLevel, UnitKind
from services.routing.model.rules import rule_set
from services.routing.model.rules.conditions import Conditions
from services.routing.model.rules.configuration import ConfigurationState
from services.routing.model.rules.rules import rule_problems
from services.routing.store.category import known_codes
from services.routing.store.configuration import RULE_SETS

_WEEKDAYS = "ISO weekdays, 1 is Monday. 星期,1为周一。"
_OVERNIGHT = "Excluded; earlier than fromTime it runs over midnight. 不含;早于开始则跨零点。"


@strawberry.enum(name="RoutingPath", description="By work order or by mediation. 工单或调解。")
class RoutingPath(StrEnum):
    ORDER = "order"
    MEDIATION = "mediation"


@strawberry.type(description="When a rule holds, in Asia/Shanghai. 适用时段。")
class RuleWindow:
    weekdays: list[int] = strawberry.field(description=_WEEKDAYS)
    from_date: date | None
    to_date: date | None = strawberry.field(description="Included. 含当日。")
    from_time: time | None
    to_time: time | None = strawberry.field(description=_OVERNIGHT)


@strawberry.type(description="Further conditions; an empty list does not limit. 其他条件,空列表不限。")
class RuleConditions:
    time: RuleWindow | None
    kinds: list[Kind]
    call_levels: list[CallLevel]
    channels: list[Channel]
    tracks: list[Track]
    modes: list[Mode]
    urgencies: list[Urgency]
    sensitivities: list[Sensitivity]

    @classmethod
    def of(cls, when: Conditions) -> Self:
        """The conditions as GraphQL shows them."""
        window = when.time
        return cls(
            time=RuleWindow(
                weekdays=list(window.weekdays),
                from_date=window.from_date,
                to_date=window.to_date,
                from_time=window.from_time,
                to_time=window.to_time,
            )
            if window
            else None,
            kinds=list(when.kinds),
            call_levels=list(when.call_levels),
            channels=list(when.channels),
            tracks=list(when.tracks),
            modes=list(when.modes),
            urgencies=list(when.urgencies),
            sensitivities=list(when.sensitivities),
        )


@strawberry.type(description="Who leads: a post by id, or the closest post of a kind of unit. 牵头方。")
class RuleLead:
    unit_kind: UnitKind | None
    competence: bool = strawberry.field(description="Competent for the category. 须具备该类别职责。")
    level: PostLevel | None
    _post_id: strawberry.Private[str | None]

    @strawberry.field(description="岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._post_id)


@strawberry.type(description="A routing rule; of those that hold the one with the lowest order decides. 派单规则。")
class RoutingRule:
    id: strawberry.ID
    order: int
    note: str
    path: RoutingPath
    area_level: AreaLevel | None = strawberry.field(description="The place is known so finely. 地点至少细化到此层级。")
    accept_minutes: int | None = strawberry.field(description="Round the clock; null: the policy's. 接单时限(分钟)。")
    resolve_hours: int | None = strawberry.field(description="Round the clock; null: the policy's. 办结时限(小时)。")
    lead: RuleLead
    when: RuleConditions
    _rule: strawberry.Private[model.Rule]

    @strawberry.field(description="It and everything below it; null is any. 类别及其下级,空为任意。")
    def category(self) -> Category | None:
        return Category(code=strawberry.ID(self._rule.category)) if self._rule.category else None

    @strawberry.field(description="It and everything in it; null is anywhere. 区域及其下级,空为任意。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._rule.area_id)

    @classmethod
    def of(cls, rule: model.Rule) -> Self:
        """The rule as GraphQL shows it."""
        lead = rule.lead
        return cls(
            id=strawberry.ID(rule.id),
            order=rule.order,
            note=rule.note,
            path=RoutingPath(rule.path),
            area_level=rule.area_level,
            accept_minutes=rule.accept_minutes,
            resolve_hours=rule.resolve_hours,
            lead=RuleLead(
                unit_kind=lead.unit_kind, competence=lead.competence, level=lead.level, _post_id=lead.post_id
            ),
            when=RuleConditions.of(rule.when),
            _rule=rule,
        )


@strawberry.type(description="A version of the routing rules. 派单规则集。")
class RuleSet:
    id: strawberry.ID
    number: int
    state: ConfigurationState
    note: str
    drafted_at: datetime
    author: ConfigurationAuthor
    activations: list[Activation] = strawberry.field(description="When it was in force, and why. 施行记录。")
    _set: strawberry.Private[rule_set.RuleSet]

    @strawberry.field(description="By their order. 规则,按序号。")
    def rules(self) -> list[RoutingRule]:
        return [RoutingRule.of(rule) for rule in sorted(self._set.content, key=lambda rule: rule.order)]

    @strawberry.field(description="What keeps it from being used with the present organisation. 现存问题。")
    async def problems(self, info: Info) -> list[UserError]:
        context = info.context
        directory, codes = context.directory, await known_codes(context.store.mongo) or None
        found = rule_problems(self._set.content, directory.area_ids, directory.posts, codes)
        return [user_error(problem, context.language) for problem in found]

    @classmethod
    def of(cls, one: rule_set.RuleSet) -> Self:
        """The version as GraphQL shows it."""
        return cls(
            id=strawberry.ID(one.id),
            number=one.number,
            state=one.state,
            note=one.note,
            drafted_at=one.drafted_at,
            author=ConfigurationAuthor.of(one.drafted_by),
            activations=[Activation.of(activation) for activation in one.activations],
            _set=one,
        )


@strawberry.type(description="A rule that differs: without before it is new, without after gone. 规则差异。")
class RuleChange:
    rule: strawberry.ID
    before: RoutingRule | None
    after: RoutingRule | None
    fields: list[str] = strawberry.field(description="Which fields differ. 变更字段。")

    @classmethod
    def of(cls, change: rule_set.RuleChange) -> Self:
        """The change as GraphQL shows it."""
        return cls(
            rule=strawberry.ID(change.rule_id),
            before=RoutingRule.of(change.before) if change.before else None,
            after=RoutingRule.of(change.after) if change.after else None,
            fields=list(change.fields),
        )


async def rule_set_of(context: Context, version_id: str) -> RuleSet | None:
    """The version with this id, None without one."""
    row = await context.store.find(RULE_SETS.collection.name, version_id)
    return RuleSet.of(RULE_SETS.from_document(row)) if row else None
