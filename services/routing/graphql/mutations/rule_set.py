"""Drafting and activating rule sets."""

from collections.abc import Awaitable
from datetime import date, time
from typing import Annotated

import strawberry

from services.chassis.errors import InvalidInput
from services.chassis.graphql.errors import UserError
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.dry_run import DryRun
from services.routing.graphql.types.matter import CallLevel, Channel, Kind, Mode, Sensitivity, Track, Urgency
from services.routing.graphql.types.rule_set import RoutingPath, RuleSet
from services.routing.handlers.rules import rule_set as handlers
from services.routing.handlers.rules.dry_run import start_dry_run
from services.routing.model.organisation import organisation as model
from services.routing.model.organisation.organisation import AreaLevel, PostLevel, UnitKind
from services.routing.model.rules import rule_set
from services.routing.model.rules.conditions import Conditions, Window


@strawberry.type
class RuleSetPayload:
    """The rule set as it is now, null when refused. 规则集,被拒绝时为空。"""

    rule_set: RuleSet | None
    errors: list[UserError]


@strawberry.input(description="When a rule holds, in Asia/Shanghai. 适用时段。")
class RuleWindowInput:
    weekdays: list[int] = strawberry.field(default_factory=list)
    from_date: date | None = None
    to_date: date | None = None
    from_time: time | None = None
    to_time: time | None = None


@strawberry.input(description="Further conditions; an empty list does not limit. 其他条件,空列表不限。")
class RuleConditionsInput:
    time: RuleWindowInput | None = None
    kinds: list[Kind] = strawberry.field(default_factory=list)
    call_levels: list[CallLevel] = strawberry.field(default_factory=list)
    channels: list[Channel] = strawberry.field(default_factory=list)
    tracks: list[Track] = strawberry.field(default_factory=list)
    modes: list[Mode] = strawberry.field(default_factory=list)
    urgencies: list[Urgency] = strawberry.field(default_factory=list)
    sensitivities: list[Sensitivity] = strawberry.field(default_factory=list)


@strawberry.input(description="Either a post, or a kind of unit. 岗位或机构类型,二者之一。")
class RuleLeadInput:
    post_id: strawberry.ID | None = None
    unit_kind: UnitKind | None = None
    competence: bool = False
    level: PostLevel | None = None


@strawberry.input
class RuleInput:
    id: strawberry.ID
    order: int
    lead: RuleLeadInput
    path: RoutingPath = RoutingPath.ORDER
    category: strawberry.ID | None = None
    area_id: strawberry.ID | None = None
    area_level: AreaLevel | None = None
    when: RuleConditionsInput | None = None
    accept_minutes: int | None = None
    resolve_hours: int | None = None
    note: str = ""


@strawberry.input
class DraftRuleSetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    rules: list[RuleInput] = strawberry.field(description="The whole set. 全部规则。")
    note: str | None = strawberry.field(default=None, description="What it is for. 说明。")


@strawberry.input
class ActivateRuleSetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    rule_set_id: strawberry.ID
    reason: str


@strawberry.type
class DryRunPayload:
    """The dry run as it is now, null when refused. 推演,被拒绝时为空。"""

    dry_run: DryRun | None
    errors: list[UserError]


@strawberry.input
class DryRunRuleSetInput:
    idempotency_key: str = strawberry.field(description=KEY)
    rule_set_id: strawberry.ID
    days: int = strawberry.field(default=90, description="How far back. 回溯天数。")


@strawberry.type
class RuleSetMutations:
    @strawberry.mutation(description="Keep a whole set of rules as a draft; for the district's centre. 起草规则集。")
    async def draft_rule_set(
        self, info: Info, given: Annotated[DraftRuleSetInput, strawberry.argument(name="input")]
    ) -> RuleSetPayload:
        c = info.context

        async def doing() -> rule_set.RuleSet:
            rules = [_rule(index, rule) for index, rule in enumerate(given.rules)]
            return await handlers.draft_rule_set(
                c.store, c.live_directory, c.viewer, given.idempotency_key, rules, given.note
            )

        return await _payload(info, doing())

    @strawberry.mutation(
        description="Route by this set from now on, a draft or an older set anew; for the district's centre. 施行规则集。"
    )
    async def activate_rule_set(
        self, info: Info, given: Annotated[ActivateRuleSetInput, strawberry.argument(name="input")]
    ) -> RuleSetPayload:
        c = info.context
        doing = handlers.activate_rule_set(
            c.store, c.live_directory, c.viewer, given.idempotency_key, given.rule_set_id, given.reason
        )
        return await _payload(info, doing)

    @strawberry.mutation(
        description="Try a set on the matters of the last days; the answer grows as it counts. 以历史诉求推演规则集。"
    )
    async def dry_run_rule_set(
        self, info: Info, given: Annotated[DryRunRuleSetInput, strawberry.argument(name="input")]
    ) -> DryRunPayload:
        c = info.context
        doing = start_dry_run(c.store, c.live_directory, c.viewer, given.idempotency_key, given.rule_set_id, given.days)
        run, errors = await outcome(info, doing)
        return DryRunPayload(dry_run=DryRun.of(run) if run else None, errors=errors)


async def _payload(info: Info, doing: Awaitable[rule_set.RuleSet]) -> RuleSetPayload:
    one, errors = await outcome(info, doing)
    return RuleSetPayload(rule_set=RuleSet.of(one) if one else None, errors=errors)


def _rule(index: int, given: RuleInput) -> model.Rule:
    lead = given.lead
    return model.Rule(
        id=given.id,
        order=given.order,
        category=given.category,
        area_level=given.area_level,
        area_id=given.area_id,
        path="mediation" if given.path is RoutingPath.MEDIATION else "order",
        lead=model.Lead(post_id=lead.post_id, unit_kind=lead.unit_kind, competence=lead.competence, level=lead.level),
        accept_minutes=given.accept_minutes,
        resolve_hours=given.resolve_hours,
        note=given.note,
        when=_conditions(index, given.when) if given.when else Conditions(),
    )


def _conditions(index: int, given: RuleConditionsInput) -> Conditions:
    window = given.time
    if window and any(not 1 <= day <= 7 for day in window.weekdays):
        raise InvalidInput(path=("rules", str(index), "when", "time", "weekdays"), reason="1..7")
    return Conditions(
        time=Window(
            weekdays=tuple(sorted(set(window.weekdays))),
            from_date=window.from_date,
            to_date=window.to_date,
            from_time=window.from_time,
            to_time=window.to_time,
        )
        if window
        else None,
        kinds=tuple(given.kinds),
        call_levels=tuple(given.call_levels),
        channels=tuple(given.channels),
        tracks=tuple(given.tracks),
        modes=tuple(given.modes),
        urgencies=tuple(given.urgencies),
        sensitivities=tuple(given.sensitivities),
    )
