"""The schema of routing's subgraph: every subject brings its queries, mutations and subscriptions."""

from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from services.chassis.graphql.schema import Schema
from services.routing.graphql.mutations.absence import AbsenceMutations
from services.routing.graphql.mutations.asset import AssetMutations
from services.routing.graphql.mutations.boundaries import BoundaryMutations
from services.routing.graphql.mutations.call import CallMutations
from services.routing.graphql.mutations.campaign import CampaignMutations
from services.routing.graphql.mutations.command_mode import CommandModeMutations
from services.routing.graphql.mutations.custody import CustodyMutations
from services.routing.graphql.mutations.department_step import DepartmentStepMutations
from services.routing.graphql.mutations.deployment import DeploymentMutations
from services.routing.graphql.mutations.directive import DirectiveMutations
from services.routing.graphql.mutations.escalation import EscalationMutations
from services.routing.graphql.mutations.first_agenda import FirstAgendaMutations
from services.routing.graphql.mutations.grid_task import GridTaskMutations
from services.routing.graphql.mutations.hazard import HazardMutations
from services.routing.graphql.mutations.honour import HonourMutations
from services.routing.graphql.mutations.key_task import KeyTaskMutations
from services.routing.graphql.mutations.meeting import MeetingMutations
from services.routing.graphql.mutations.order_joining import OrderJoiningMutations
from services.routing.graphql.mutations.order_sharing import OrderSharingMutations
from services.routing.graphql.mutations.order_waiting import OrderWaitingMutations
from services.routing.graphql.mutations.organisation import OrganisationMutations
from services.routing.graphql.mutations.policy import PolicyMutations
from services.routing.graphql.mutations.red_line import RedLineMutations
from services.routing.graphql.mutations.responder import ResponderMutations
from services.routing.graphql.mutations.response_team import TeamMutations
from services.routing.graphql.mutations.rule_set import RuleSetMutations
from services.routing.graphql.mutations.ruling import RulingMutations
from services.routing.graphql.mutations.shift import ShiftMutations
from services.routing.graphql.mutations.summons import SummonsMutations
from services.routing.graphql.mutations.supervision import SupervisionMutations
from services.routing.graphql.mutations.venue import VenueMutations
from services.routing.graphql.mutations.work_order import WorkOrderMutations
from services.routing.graphql.queries.absence import AbsenceQueries
from services.routing.graphql.queries.asset import AssetQueries
from services.routing.graphql.queries.board import BoardQueries
from services.routing.graphql.queries.boundaries import BoundaryQueries
from services.routing.graphql.queries.call import CallQueries
from services.routing.graphql.queries.campaign import CampaignQueries
from services.routing.graphql.queries.command_mode import CommandModeQueries
from services.routing.graphql.queries.custody import CustodyQueries
from services.routing.graphql.queries.deployment import DeploymentQueries
from services.routing.graphql.queries.directive import DirectiveQueries
from services.routing.graphql.queries.dry_run import DryRunQueries
from services.routing.graphql.queries.escalation import EscalationQueries
from services.routing.graphql.queries.grid_task import GridTaskQueries
from services.routing.graphql.queries.honour import HonourQueries
from services.routing.graphql.queries.meeting import MeetingQueries
from services.routing.graphql.queries.my_work import MyWorkQueries
from services.routing.graphql.queries.organisation import OrganisationQueries
from services.routing.graphql.queries.policy import PolicyQueries
from services.routing.graphql.queries.responder import ResponderQueries
from services.routing.graphql.queries.response_team import TeamQueries
from services.routing.graphql.queries.routing import RoutingQueries
from services.routing.graphql.queries.rule_set import RuleSetQueries
from services.routing.graphql.queries.ruling import RulingQueries
from services.routing.graphql.queries.shift import ShiftQueries
from services.routing.graphql.queries.summons import SummonsQueries
from services.routing.graphql.queries.venue import VenueQueries
from services.routing.graphql.queries.work_order import WorkOrderQueries
from services.routing.graphql.subscriptions.board import BoardSubscriptions
from services.routing.graphql.subscriptions.call import CallSubscriptions
from services.routing.graphql.subscriptions.command_mode import CommandModeSubscriptions
from services.routing.graphql.subscriptions.deployment import DeploymentSubscriptions
from services.routing.graphql.subscriptions.directive import DirectiveSubscriptions
from services.routing.graphql.subscriptions.escalation import EscalationSubscriptions
from services.routing.graphql.subscriptions.my_work import MyWorkSubscriptions
from services.routing.graphql.subscriptions.summons import SummonsSubscriptions
from services.routing.graphql.subscriptions.work_order import WorkOrderSubscriptions
from services.routing.graphql.types.area import GEOJSON_SCALAR, GeoJSON
from services.routing.graphql.types.directive_kinds import FirstAgendaItem, KeyTask, RedLine
from services.routing.graphql.types.report import Report

_QUERIES = (
    BoardQueries,
    MyWorkQueries,
    DirectiveQueries,
    HonourQueries,
    MeetingQueries,
    CommandModeQueries,
    AssetQueries,
    AbsenceQueries,
    BoundaryQueries,
    DeploymentQueries,
    DryRunQueries,
    CallQueries,
    EscalationQueries,
    SummonsQueries,
    CampaignQueries,
    CustodyQueries,
    GridTaskQueries,
    VenueQueries,
    OrganisationQueries,
    PolicyQueries,
    ResponderQueries,
    ShiftQueries,
    TeamQueries,
    RoutingQueries,
    RuleSetQueries,
    RulingQueries,
    WorkOrderQueries,
)
_MUTATIONS = (
    SupervisionMutations,
    RedLineMutations,
    HonourMutations,
    KeyTaskMutations,
    MeetingMutations,
    FirstAgendaMutations,
    DirectiveMutations,
    CommandModeMutations,
    AssetMutations,
    AbsenceMutations,
    BoundaryMutations,
    DeploymentMutations,
    CallMutations,
    EscalationMutations,
    SummonsMutations,
    PolicyMutations,
    ResponderMutations,
    RuleSetMutations,
    CampaignMutations,
    DepartmentStepMutations,
    CustodyMutations,
    GridTaskMutations,
    VenueMutations,
    HazardMutations,
    ShiftMutations,
    TeamMutations,
    OrganisationMutations,
    OrderSharingMutations,
    OrderJoiningMutations,
    OrderWaitingMutations,
    RulingMutations,
    WorkOrderMutations,
)
_SUBSCRIPTIONS = (
    BoardSubscriptions,
    CommandModeSubscriptions,
    DeploymentSubscriptions,
    CallSubscriptions,
    EscalationSubscriptions,
    MyWorkSubscriptions,
    SummonsSubscriptions,
    DirectiveSubscriptions,
    WorkOrderSubscriptions,
)

schema = Schema(
    query=merge_types("Query", _QUERIES),
    mutation=merge_types("Mutation", _MUTATIONS),
    subscription=merge_types("Subscription", _SUBSCRIPTIONS),
    types=[FirstAgendaItem, KeyTask, RedLine, Report],
    config=StrawberryConfig(scalar_map={GeoJSON: GEOJSON_SCALAR}),
)
