"""How a unit calls and is rated: for itself and for the centre of its place."""

from datetime import datetime

import strawberry

from services.chassis.errors import InvalidInput
from services.routing.graphql.context import Context
from services.routing.model.ladder import whistle as model
from services.routing.model.organisation.organisation import Unit

strawberry.enum(
    model.WhistleBand, name="WhistleBand", description="How a rate stands to the limits of the policy. 吹哨率区间。"
)


@strawberry.type(description="How often a unit whistles or raises, against the matters it has. 吹哨率。")
class WhistleRate:
    whistles: int = strawberry.field(description="Whistles it blew. 吹哨次数。")
    raised: int = strawberry.field(description="Calls it raised by hand or made to a leader. 提级呼叫次数。")
    handled: int = strawberry.field(description="Orders it led and calls it made. 经办事项数。")
    rate: float | None
    band: model.WhistleBand


@strawberry.type(description="How calling organs rated a unit, in closed calls. 呼叫单位评价汇总。")
class OrganRatings:
    calls: int
    response: float | None = strawberry.field(description="The mean mark for the response, 1 to 5. 响应均分。")
    result: float | None = strawberry.field(description="The mean mark for the result, 1 to 5. 结果均分。")


async def whistle_rate_of(context: Context, unit: Unit, since: datetime, until: datetime) -> WhistleRate | None:
    """The unit's rate, None for who may not see it. Raises InvalidInput for a period that is none."""
    if not _may_see(context, unit, since, until):
        return None
    found = await context.whistle_rates.load((unit.id, since, until))
    return WhistleRate(
        whistles=found.whistles,
        raised=found.raised,
        handled=found.handled,
        rate=found.rate,
        band=found.band(context.directory.policy.limits),
    )


async def organ_ratings_of(context: Context, unit: Unit, since: datetime, until: datetime) -> OrganRatings | None:
    """The unit's ratings, None for who may not see them. Raises InvalidInput for a period that is none."""
    if not _may_see(context, unit, since, until):
        return None
    found = await context.organ_ratings.load((unit.id, since, until))
    return OrganRatings(calls=found.calls, response=found.response, result=found.result)


def _may_see(context: Context, unit: Unit, since: datetime, until: datetime) -> bool:
    if until <= since:
        raise InvalidInput(path=("until",), reason="after since")
    viewer = context.viewer
    area = context.directory.areas.get(unit.area_id)
    commands = viewer.has("centre") and area is not None and viewer.covers(list(area.path))
    return commands or (viewer.has("handler", "centre") and viewer.unit == unit.id)
