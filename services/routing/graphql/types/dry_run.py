"""What a rule set would have done to the matters of a period."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.org_unit import OrgUnit, org_unit_of
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.rules import dry_run as model
from services.routing.model.rules.dry_run import DryRunState

if TYPE_CHECKING:
    from services.routing.graphql.types.report import Report

strawberry.enum(DryRunState, name="DryRunState", description="推演中、已完成。")


@strawberry.type(description="How many matters a unit would lead. 单位办件量对比。")
class UnitLoad:
    before: int = strawberry.field(description="By the rules in force. 现行规则。")
    after: int = strawberry.field(description="By the rules tried. 试行规则。")
    difference: int
    _unit: strawberry.Private[str]

    @strawberry.field(description="单位。")
    def unit(self, info: Info) -> OrgUnit | None:
        return org_unit_of(info.context, self._unit)


@strawberry.type(description="How many matters a rule would decide. 规则命中对比。")
class RuleHits:
    rule: strawberry.ID
    before: int
    after: int


@strawberry.type(description="Matters that would have another lead. 牵头岗位变化。")
class LeadMove:
    count: int
    _move: strawberry.Private[model.Move]

    @strawberry.field(description="By the rules in force. 现行牵头岗位。")
    def from_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._move.from_post)

    @strawberry.field(description="By the rules tried. 试行牵头岗位。")
    def to_post(self, info: Info) -> Post | None:
        return post_of(info.context, self._move.to_post)

    @strawberry.field(description="Some of them; null for one the viewer does not see. 示例诉求。")
    def examples(self) -> list[Annotated["Report", strawberry.lazy("services.routing.graphql.types.report")] | None]:
        from services.routing.graphql.types.report import Report

        return [Report(id=strawberry.ID(report_id)) for report_id in self._move.examples]


@strawberry.type(description="A rule set tried on the matters of a period. 规则推演。")
class DryRun:
    id: strawberry.ID
    state: DryRunState
    number: int = strawberry.field(description="The rule set tried. 试行规则集。")
    against_number: int = strawberry.field(description="The rule set in force. 现行规则集。")
    since: datetime
    until: datetime
    started_at: datetime
    finished_at: datetime | None
    matters: int = strawberry.field(description="Looked at so far. 已推演件数。")
    changed: int = strawberry.field(description="Would have another lead. 牵头变化件数。")
    unresolved_before: int
    unresolved_after: int
    units: list[UnitLoad] = strawberry.field(description="The greatest difference first. 按差值排序。")
    rules: list[RuleHits]
    moves: list[LeadMove] = strawberry.field(description="The most frequent first. 按件数排序。")

    @classmethod
    def of(cls, run: model.DryRun) -> Self:
        """The run as GraphQL shows it."""
        units = [
            UnitLoad(before=t.before, after=t.after, difference=t.after - t.before, _unit=unit)
            for unit, t in sorted(run.units.items())
        ]
        return cls(
            id=strawberry.ID(run.id),
            state=run.state,
            number=run.number,
            against_number=run.against_number,
            since=run.since,
            until=run.until,
            started_at=run.started_at,
            finished_at=run.finished_at,
            matters=run.matters,
            changed=run.changed,
            unresolved_before=run.unresolved.before,
            unresolved_after=run.unresolved.after,
            units=sorted(units, key=lambda load: -abs(load.difference)),
            rules=[
                RuleHits(rule=strawberry.ID(rule), before=t.before, after=t.after)
                for rule, t in sorted(run.rules.items())
            ],
            moves=[
                LeadMove(count=move.count, _move=move)
                for move in sorted(run.moves.values(), key=lambda move: (-move.count, move.from_post, move.to_post))
            ],
        )
