"""What intake's resolvers may use."""

import dataclasses
from collections.abc import Sequence
from functools import cached_property

from strawberry.dataloader import DataLoader

from services.chassis.graphql.context import RequestContext
from services.chassis.live import Live
from services.chassis.unit_of_work import Store
from services.intake import views
from services.intake.model.report import Report
from services.intake.model.timeline import Entry
from services.intake.reference import Reference


@dataclasses.dataclass
class Context(RequestContext):
    """One request: the store, live events, areas and categories in memory, and loaders of what this viewer sees."""

    store: Store
    live: Live
    reference: Reference

    @cached_property
    def reports(self) -> DataLoader[str, Report | None]:
        """Reports by id, one read for all of a request; None for what the viewer may not see."""

        async def load(ids: list[str]) -> Sequence[Report | None]:
            return await views.reports_by_id(self.store.mongo, self.viewer, ids)

        return DataLoader(load_fn=load)

    @cached_property
    def timelines(self) -> DataLoader[str, list[Entry]]:
        """Timelines by report, fresh at each reading; ask only for reports the viewer may see."""
        return DataLoader(lambda ids: views.timelines(self.store.mongo, ids), cache=False)
