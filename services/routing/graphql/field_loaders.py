"""Loaders of work in the field: assets, campaigns, tasks, hazards; steps of departments and venues."""

from functools import cached_property

from strawberry.dataloader import DataLoader

from services.chassis.graphql.context import RequestContext
from services.chassis.unit_of_work import Store
from services.routing.model.field.asset import Asset
from services.routing.model.field.campaign import Campaign
from services.routing.model.field.hazard import Hazard
from services.routing.model.field.inspection import InspectionTask
from services.routing.model.order.department_step import DepartmentStep
from services.routing.model.order.venue import Venue
from services.routing.views import asset as asset_views
from services.routing.views import campaign as campaign_views
from services.routing.views import custody as custody_views
from services.routing.views import department_step as step_views
from services.routing.views import venue as venue_views
from services.routing.views.custody import SeenCustody
from services.routing.views.work_order import SeenOrder


class FieldLoaders(RequestContext):
    """What a request gathers of field work; they remember nothing, so that what is watched is fresh."""

    store: Store

    @cached_property
    def assets(self) -> DataLoader[str, Asset | None]:
        """Assets by id."""
        return DataLoader(lambda ids: asset_views.assets(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def asset_of_report(self) -> DataLoader[str, Asset | None]:
        """The asset a report is about, by report."""
        return DataLoader(lambda ids: asset_views.assets_of_reports(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def reports_of_asset(self) -> DataLoader[str, list[str]]:
        """Attached reports by asset."""
        return DataLoader(lambda ids: asset_views.reports_of_assets(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def open_orders_of_asset(self) -> DataLoader[str, list[SeenOrder]]:
        """Open orders by asset."""
        return DataLoader(
            lambda ids: asset_views.open_orders_of_assets(self.store.mongo, self.viewer, ids), cache=False
        )

    @cached_property
    def campaigns(self) -> DataLoader[str, Campaign | None]:
        """Campaigns by id."""
        return DataLoader(lambda ids: campaign_views.campaigns(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def inspections(self) -> DataLoader[str, InspectionTask | None]:
        """Tasks of campaigns by id."""
        return DataLoader(lambda ids: campaign_views.tasks(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def custodies(self) -> DataLoader[str, SeenCustody | None]:
        """Chains of custody by id."""
        return DataLoader(lambda ids: custody_views.custodies(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def hazards(self) -> DataLoader[str, Hazard | None]:
        """Hazards by id."""
        return DataLoader(lambda ids: campaign_views.hazards(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def hazards_of_task(self) -> DataLoader[str, list[Hazard]]:
        """Hazards by the task they were found at."""
        return DataLoader(
            lambda ids: campaign_views.hazards_by(self.store.mongo, self.viewer, "task_id", ids), cache=False
        )

    @cached_property
    def hazards_of_asset(self) -> DataLoader[str, list[Hazard]]:
        """Hazards by asset."""
        return DataLoader(
            lambda ids: campaign_views.hazards_by(self.store.mongo, self.viewer, "asset_id", ids), cache=False
        )

    @cached_property
    def department_steps_of_order(self) -> DataLoader[str, list[DepartmentStep]]:
        """Steps of departments by order; whoever asks has seen the order in full."""
        return DataLoader(lambda ids: step_views.of_orders(self.store.mongo, ids), cache=False)

    @cached_property
    def venues(self) -> DataLoader[str, Venue | None]:
        """Venues by id."""
        return DataLoader(lambda ids: venue_views.venues(self.store.mongo, ids), cache=False)
