"""What routing keeps in MongoDB: collections with validators and indexes, one module an aggregate."""

from services.chassis.mongo import CollectionSpec
from services.routing.store.absence import ABSENCES, GAPS
from services.routing.store.area import AREA_VERSIONS, AREAS
from services.routing.store.asset import ASSET_IMPORTS, ASSET_REPORTS, ASSETS
from services.routing.store.boundaries import PROPOSALS, REDRAWINGS
from services.routing.store.call import CALLS
from services.routing.store.campaign import CAMPAIGNS, HAZARDS, INSPECTIONS
from services.routing.store.category import CATEGORIES
from services.routing.store.command_mode import COMMAND_MODES
from services.routing.store.configuration import POLICIES, RULE_SETS
from services.routing.store.custody import CUSTODIES
from services.routing.store.decision import DECISIONS
from services.routing.store.department_step import DEPARTMENT_STEPS
from services.routing.store.deployment import DEPLOYMENTS
from services.routing.store.directive import DIRECTIVES
from services.routing.store.dry_run import DRY_RUNS
from services.routing.store.duty import DUTIES
from services.routing.store.escalation import ESCALATIONS
from services.routing.store.grid_task import GRID_PLANS, GRID_TASKS
from services.routing.store.honour import HONOURS
from services.routing.store.meeting import MEETINGS, SERIES
from services.routing.store.notice import NOTICES
from services.routing.store.organisation import CURRENT, IMPORTS, OVERLAYS, PEOPLE, POSTS, RESPONDERS, UNITS
from services.routing.store.outcome import OUTCOMES
from services.routing.store.responder import REGISTER
from services.routing.store.response_team import TEAM_TEMPLATES, TEAMS
from services.routing.store.ruling import RULINGS
from services.routing.store.shift import SHIFTS
from services.routing.store.summons import SUMMONSES
from services.routing.store.supervision import SUPERVISIONS
from services.routing.store.venue import VENUES
from services.routing.store.work_order import WORK_ORDERS

COLLECTIONS: tuple[CollectionSpec, ...] = (
    ABSENCES.collection,
    AREAS.collection,
    AREA_VERSIONS,
    ASSET_IMPORTS.collection,
    ASSET_REPORTS,
    ASSETS.collection,
    CAMPAIGNS.collection,
    PROPOSALS.collection,
    REDRAWINGS,
    CALLS.collection,
    CATEGORIES,
    COMMAND_MODES.collection,
    CURRENT,
    DECISIONS.collection,
    DRY_RUNS.collection,
    DUTIES,
    ESCALATIONS.collection,
    GAPS.collection,
    DEPLOYMENTS.collection,
    NOTICES.collection,
    IMPORTS.collection,
    OVERLAYS,
    DIRECTIVES.collection,
    HONOURS.collection,
    MEETINGS.collection,
    SERIES.collection,
    OUTCOMES,
    PEOPLE,
    POLICIES.collection,
    POSTS,
    REGISTER.collection,
    SHIFTS.collection,
    TEAM_TEMPLATES.collection,
    TEAMS.collection,
    RESPONDERS,
    RULE_SETS.collection,
    SUMMONSES.collection,
    SUPERVISIONS.collection,
    RULINGS.collection,
    UNITS,
    CUSTODIES.collection,
    DEPARTMENT_STEPS.collection,
    GRID_PLANS.collection,
    GRID_TASKS.collection,
    HAZARDS.collection,
    INSPECTIONS.collection,
    VENUES.collection,
    WORK_ORDERS.collection,
)
