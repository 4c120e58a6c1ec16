"""What routing's resolvers may use: the store, the directory in memory, live events and per-request loaders."""

from functools import cached_property
from typing import Any

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from services.chassis.identity import Caller
from services.chassis.live import Live
from services.chassis.unit_of_work import Store
from services.routing.directory import LiveDirectory
from services.routing.graphql.field_loaders import FieldLoaders
from services.routing.model.directive.directive import Directive
from services.routing.model.directive.meeting import Meeting
from services.routing.model.directive.supervision import Supervision
from services.routing.model.dispatch.deployment import Deployment
from services.routing.model.dispatch.responder import Responder
from services.routing.model.ladder.escalation import Escalation
from services.routing.model.ladder.escalation_parts import SubjectKind
from services.routing.model.ladder.summons import Summons
from services.routing.model.ladder.whistle import OrganRatings, WhistleRate
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.routing import RoutingTable
from services.routing.model.rules.ruling import Ruling
from services.routing.model.statistics import Figures
from services.routing.views import area as area_views
from services.routing.views import call as call_views
from services.routing.views import deployment as deployment_views
from services.routing.views import directive as directive_views
from services.routing.views import escalation as escalation_views
from services.routing.views import meeting as meeting_views
from services.routing.views import responder as responder_views
from services.routing.views import ruling as ruling_views
from services.routing.views import statistics
from services.routing.views import summons as summons_views
from services.routing.views import whistle as whistle_views
from services.routing.views import work_order as order_views
from services.routing.views.call import SeenCall
from services.routing.views.statistics import Period
from services.routing.views.work_order import SeenDecision, SeenOrder


class Context(FieldLoaders):
    """One request to routing, or one subscription: loaders gather reads and remember nothing, so that what is watched is fresh."""

    def __init__(
        self, caller: Caller | None, language: str, store: Store, directory: LiveDirectory, live: Live
    ) -> None:
        super().__init__(caller, language)
        self.store = store
        self.live = live
        self.live_directory = directory

    @property
    def directory(self) -> Directory:
        """The organisation in force."""
        return self.live_directory.current

    @property
    def table(self) -> RoutingTable:
        """Its routing rules, compiled."""
        return self.live_directory.table

    def require_caller(self) -> None:
        """Raises Unauthenticated without a token: reference data is for every caller who has one."""
        _ = self.viewer

    @cached_property
    def orders(self) -> DataLoader[str, SeenOrder | None]:
        """Orders by id."""
        return DataLoader(lambda ids: order_views.orders(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def rulings(self) -> DataLoader[str, Ruling | None]:
        """Rulings by id."""
        return DataLoader(lambda ids: ruling_views.rulings(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def orders_of_report(self) -> DataLoader[str, list[SeenOrder]]:
        """Orders by report."""
        return DataLoader(lambda ids: order_views.orders_of_reports(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def decision_of_report(self) -> DataLoader[str, SeenDecision | None]:
        """The newest decision by report."""
        return DataLoader(lambda ids: order_views.decisions_of_reports(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def figures_of_unit(self) -> DataLoader[tuple[str, Period], Figures]:
        """Figures by unit and period."""
        return DataLoader(lambda asked: statistics.by_period(self.store.mongo, statistics.figures_of_units, asked))

    @cached_property
    def figures_of_area(self) -> DataLoader[tuple[str, Period], Figures]:
        """Figures by area and period."""
        return DataLoader(lambda asked: statistics.by_period(self.store.mongo, statistics.figures_of_areas, asked))

    @cached_property
    def responders(self) -> DataLoader[str, Responder | None]:
        """Entries of the register by id; whoever asks decides what is shown."""
        return DataLoader(lambda ids: responder_views.by_ids(self.store.mongo, ids), cache=False)

    @cached_property
    def deployments_of_order(self) -> DataLoader[str, list[Deployment]]:
        """Deployments by order; whoever asks decides what is shown."""
        return DataLoader(lambda ids: deployment_views.of_orders(self.store.mongo, ids), cache=False)

    @cached_property
    def calls(self) -> DataLoader[str, SeenCall | None]:
        """Calls by id."""
        return DataLoader(lambda ids: call_views.calls(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def call_of_report(self) -> DataLoader[str, SeenCall | None]:
        """The call by report."""
        return DataLoader(lambda ids: call_views.calls_of_reports(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def whistle_rates(self) -> DataLoader[whistle_views.Asked, WhistleRate]:
        """Whistle rates by unit and period; whoever asks decides what is shown."""
        return DataLoader(lambda asked: whistle_views.whistle_rates(self.store.mongo, asked), cache=False)

    @cached_property
    def organ_ratings(self) -> DataLoader[whistle_views.Asked, OrganRatings]:
        """Ratings by unit and period; whoever asks decides what is shown."""
        return DataLoader(lambda asked: whistle_views.organ_ratings(self.store.mongo, asked), cache=False)

    @cached_property
    def summonses(self) -> DataLoader[str, Summons | None]:
        """Summonses by id."""
        return DataLoader(lambda ids: summons_views.summonses(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def summonses_of_report(self) -> DataLoader[str, list[Summons]]:
        """Summonses by report."""
        return DataLoader(
            lambda ids: summons_views.summonses_of_reports(self.store.mongo, self.viewer, ids), cache=False
        )

    @cached_property
    def escalations(self) -> DataLoader[str, Escalation | None]:
        """Escalations by id."""
        return DataLoader(lambda ids: escalation_views.escalations(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def escalations_of(self) -> DataLoader[tuple[SubjectKind, str], list[Escalation]]:
        """Escalations by subject."""
        return DataLoader(
            lambda keys: escalation_views.escalations_of(self.store.mongo, self.viewer, keys), cache=False
        )

    @cached_property
    def boundary(self) -> DataLoader[str, dict[str, Any] | None]:
        """Outlines by area."""
        return DataLoader(lambda ids: area_views.boundaries(self.store.mongo, ids))

    @cached_property
    def area_versions(self) -> DataLoader[str, list[area_views.Version]]:
        """Versions by area, latest first."""
        return DataLoader(lambda ids: area_views.versions(self.store.mongo, ids))

    @cached_property
    def directives(self) -> DataLoader[str, Directive | None]:
        """Directives by id."""
        return DataLoader(lambda ids: directive_views.directives(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def orders_of_directive_part(self) -> DataLoader[str, list[SeenOrder]]:
        """Orders by the part of a key task or the follow-up that opened them."""
        return DataLoader(lambda ids: order_views.orders_of_directives(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def supervisions(self) -> DataLoader[str, Supervision | None]:
        """Supervisions by id."""
        return DataLoader(lambda ids: directive_views.supervisions(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def supervisions_about(self) -> DataLoader[str, list[Supervision]]:
        """Supervisions by the order, directive or part they are about."""
        return DataLoader(
            lambda ids: directive_views.supervisions_about(self.store.mongo, self.viewer, ids), cache=False
        )

    @cached_property
    def meetings(self) -> DataLoader[str, Meeting | None]:
        """Meetings by id."""
        return DataLoader(lambda ids: meeting_views.meetings(self.store.mongo, self.viewer, ids), cache=False)

    @cached_property
    def meetings_of_order(self) -> DataLoader[str, list[Meeting]]:
        """Meetings by the order they were convened on or decided about."""
        return DataLoader(lambda ids: meeting_views.meetings_of_orders(self.store.mongo, self.viewer, ids), cache=False)


Info = StrawberryInfo[Context, Any]
