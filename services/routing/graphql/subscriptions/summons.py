"""Summonses as they change."""

import contextlib
from collections.abc import AsyncIterator

import strawberry

from services.chassis.events import Envelope
from services.routing.events.summons import SummonsEvaluated
from services.routing.graphql.context import Info
from services.routing.graphql.types.summons import Summons
from services.routing.store.summons import SUMMONSES
from services.routing.views import summons as views


@strawberry.type
class SummonsSubscriptions:
    @strawberry.subscription(
        description="A summons after each change; without id every one the caller may see. 吹哨变化。"
    )
    async def summons_changed(self, info: Info, id: strawberry.ID | None = None) -> AsyncIterator[Summons]:
        context = info.context
        viewer = context.viewer

        def wanted(event: Envelope) -> bool:
            return event.aggregate == SUMMONSES.name and id in (None, event.aggregate_id)

        async with contextlib.aclosing(context.live.watch(wanted)) as events:
            async for event in events:
                seen = (await views.summonses(context.store.mongo, viewer, [event.aggregate_id]))[0]
                # That there is an evaluation is not told to those it may be about.
                about_viewer = seen is not None and seen.open and viewer.unit in seen.units
                if seen and not (about_viewer and event.type == SummonsEvaluated.type):
                    yield Summons.of(seen)
