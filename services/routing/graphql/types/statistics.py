"""Figures side by side, so that gaming one shows in another (domain.md §2.2 row 44). For staff; sealed matters are not in them."""

from datetime import datetime
from typing import Any, Self

import strawberry

from services.chassis.errors import InvalidInput
from services.routing.access.staff import require_staff
from services.routing.graphql.context import Context, Info
from services.routing.graphql.types.level import PostLevel
from services.routing.model import statistics as model
from services.routing.views.statistics import Period


@strawberry.type(name="Rate", description="A share as the two counts it is made of. 比率。")
class Rate:
    count: int
    of: int
    share: float | None = strawberry.field(description="0 to 1, null of nothing. 占比。")

    @classmethod
    def of_counts(cls, rate: model.Rate) -> Self:
        """The rate as GraphQL shows it."""
        return cls(count=rate.count, of=rate.of, share=rate.share)


@strawberry.type(description="How many matters one level settled. 各层级办结数。")
class LevelCount:
    level: PostLevel
    closed: Rate = strawberry.field(description="Of all closed orders. 占办结总数。")


@strawberry.type(description="Figures of a unit or an area over a period. 统计指标。")
class Statistics:
    definitions: int = strawberry.field(description="Version of the definitions. 指标口径版本。")
    ended: int = strawberry.field(description="Orders that ended in the period. 完结工单数。")
    closed: int
    recalled: int
    cancelled: int
    on_time: Rate = strawberry.field(description="Closed with the resolve clock kept. 按时办结率。")
    accepted_on_time: Rate = strawberry.field(description="Turns accepted by an act in time. 按时接单率。")
    first_time_right: Rate = strawberry.field(
        description="Closed by the first who got it, at the first attempt. 一次办结率。"
    )
    transferred_up: Rate = strawberry.field(description="Answered by a superior system. 上报转办率。")
    extended: Rate = strawberry.field(description="Given more time at least once. 延期率。")
    rework: Rate = strawberry.field(description="Sent back at least once. 重办率。")
    bounce: Rate = strawberry.field(description="Turns as lead that ended in a return. 退单率。")
    reopened: Rate = strawberry.field(description="Sent back by the caller. 重开率。")
    satisfied: Rate = strawberry.field(description="Marks of 4 or 5, of all marks given. 满意率。")
    mean_satisfaction: float | None
    mean_hours: float | None = strawberry.field(description="Receipt to end of closed orders. 平均办理时长(小时)。")

    @classmethod
    def of(cls, figures: model.Figures) -> Self:
        """The figures as GraphQL shows them."""
        return cls(**_values(figures))


@strawberry.type(description="An area's figures and where its matters were settled. 区域统计。")
class AreaStatistics(Statistics):
    settled_at: list[LevelCount] = strawberry.field(description="Level of the post that led last. 办结层级分布。")
    _asked: strawberry.Private[tuple[str, Period]]

    @strawberry.field(description="The same dates a year earlier, in today's areas. 去年同期(按现行区划)。")
    async def year_earlier(self, info: Info) -> Statistics:
        area_id, period = self._asked
        return Statistics.of(await info.context.figures_of_area.load((area_id, period.a_year_earlier)))


async def scoreboard(context: Context, unit_id: str, since: datetime, until: datetime) -> Statistics:
    """The figures of a unit. Raises InvalidInput, RoleMissing."""
    period = _period(context, since, until)
    return Statistics.of(await context.figures_of_unit.load((unit_id, period)))


async def area_statistics(context: Context, area_id: str, since: datetime, until: datetime) -> AreaStatistics:
    """The figures of an area and all that lies in it. Raises InvalidInput, RoleMissing."""
    asked = (area_id, _period(context, since, until))
    figures = await context.figures_of_area.load(asked)
    levels = [
        LevelCount(level=level, closed=Rate.of_counts(figures.of_closed(figures.levels[level])))
        for level in PostLevel
        if level in figures.levels
    ]
    return AreaStatistics(**_values(figures), settled_at=levels, _asked=asked)


def _values(figures: model.Figures) -> dict[str, Any]:
    closed, turns = figures.of_closed, figures.of_turns
    return {
        "definitions": model.DEFINITIONS_VERSION,
        "ended": figures.ended,
        "closed": figures.closed,
        "recalled": figures.recalled,
        "cancelled": figures.cancelled,
        "on_time": Rate.of_counts(closed(figures.on_time)),
        "accepted_on_time": Rate.of_counts(turns(figures.accepted_in_time)),
        "first_time_right": Rate.of_counts(closed(figures.first_time_right)),
        "transferred_up": Rate.of_counts(closed(figures.transferred_up)),
        "extended": Rate.of_counts(closed(figures.extended)),
        "rework": Rate.of_counts(closed(figures.reworked)),
        "bounce": Rate.of_counts(turns(figures.returned)),
        "reopened": Rate.of_counts(closed(figures.reopened)),
        "satisfied": Rate.of_counts(model.Rate(figures.satisfied, figures.rated)),
        "mean_satisfaction": figures.satisfaction_sum / figures.rated if figures.rated else None,
        "mean_hours": figures.handled_seconds / figures.closed / 3600 if figures.closed else None,
    }


def _period(context: Context, since: datetime, until: datetime) -> Period:
    require_staff(context.viewer)
    if not since < until:
        raise InvalidInput(path=("until",), reason="since < until")
    return Period(since, until)
