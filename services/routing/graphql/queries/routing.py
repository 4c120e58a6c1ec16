"""Who would get a matter; nothing is created by asking."""

from typing import Annotated

import strawberry

from services.routing.access.staff import require_staff
from services.routing.errors.rules import UnknownArea, UnknownCategory
from services.routing.graphql.context import Info
from services.routing.graphql.types.matter import RoutingFactsInput
from services.routing.graphql.types.routing import RoutingExplanation
from services.routing.model.rules.routing import Facts
from services.routing.store.category import category_path


@strawberry.type
class RoutingQueries:
    @strawberry.field(description="Who would get such a matter, and why; for staff. 派单推演:由谁办理及依据。")
    async def explain_routing(
        self, info: Info, given: Annotated[RoutingFactsInput, strawberry.argument(name="facts")]
    ) -> RoutingExplanation:
        context = info.context
        require_staff(context.viewer)
        directory = context.directory
        area = directory.areas.get(given.area)
        if area is None:
            raise UnknownArea(path=("facts", "area"), area=given.area)
        path = await category_path(context.store.mongo, given.category)
        if path is None:
            raise UnknownCategory(path=("facts", "category"), category=given.category)
        facts = Facts(
            category_path=path,
            area_path=area.path,
            overlays=tuple(given.overlays),
            dispute_type=given.dispute_type,
            kind=given.kind,
            call_level=given.call_level,
            channel=given.channel,
            track=given.track,
            mode=given.mode or directory.mode((*area.path, *given.overlays)),
            urgency=given.urgency,
            sensitivity=given.sensitivity,
            at=given.at or context.store.clock(),
        )
        return RoutingExplanation.of(info, facts, context.table.decide(facts))
