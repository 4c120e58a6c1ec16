"""Dry runs; for the district's centre and operators."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.routing.access.staff import require_district_centre
from services.routing.graphql.context import Info
from services.routing.graphql.types.dry_run import DryRun
from services.routing.store.dry_run import DRY_RUNS


@strawberry.type
class DryRunQueries:
    @strawberry.field(description="A dry run, as far as it has come. 规则推演。")
    async def dry_run(self, info: Info, id: strawberry.ID) -> DryRun | None:
        context = info.context
        require_district_centre(context.viewer, context.directory)
        row = await context.store.find(DRY_RUNS.collection.name, id)
        return DryRun.of(DRY_RUNS.from_document(row)) if row else None

    @strawberry.field(description="Dry runs of a rule set, newest first. 某规则集的推演。")
    async def dry_runs(
        self, info: Info, rule_set: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[DryRun]:
        context = info.context
        require_district_centre(context.viewer, context.directory)
        return await page(
            *(context.store.mongo, DRY_RUNS.collection.name, {"rule_set_id": rule_set}),
            lambda row: DryRun.of(DRY_RUNS.from_document(row)),
            first=first,
            after=after,
            order_by="started_at",
        )
