"""Commands on campaigns: plan, list targets, activate, review, close."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.chassis.errors import InvalidInput, NotFound, Refusal
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.field import require_keeper, require_sight, sees
from services.routing.errors.campaign import NobodyForTarget, TooManyTargets, UnknownTemplate
from services.routing.handlers.commands import change, create
from services.routing.handlers.field.lookups import field_post, known_area, known_post
from services.routing.model.field.campaign import (
    MAX_TARGETS,
    Campaign,
    CampaignKind,
    CampaignPlan,
    CampaignState,
    ChecklistItem,
    Target,
    VisitMode,
)
from services.routing.model.field.campaign_templates import CampaignTemplate
from services.routing.model.field.inspection import UNVISITED, InspectionTask
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import AreaLevel
from services.routing.model.rules.policy import Policy
from services.routing.rows import BadRow, RowFormat, read_rows
from services.routing.store.asset import ASSETS
from services.routing.store.campaign import CAMPAIGNS, INSPECTIONS
from services.routing.views.asset import in_order


class CampaignGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as it is asked for; what is None comes from the template."""

    area_id: str
    template: str | None = None
    name: str | None = None
    kind: CampaignKind | None = None
    due_at: datetime | None = None
    checklist: tuple[ChecklistItem, ...] | None = None
    visit_mode: VisitMode | None = None
    sensitivity: str = "internal"


class TargetGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A target as a person or a row of a file gives it: an asset by its code, or an area, perhaps with an address in it."""

    label: str | None = None
    asset_code: str | None = None
    area_id: str | None = None
    address: str | None = None
    post_id: str | None = None


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Targets by rule: every area of a level, or every asset of a kind, in the campaign's area."""

    every: AreaLevel | None = None
    asset_kind: str | None = None


@dataclasses.dataclass(frozen=True)
class TargetsOutcome:
    """What adding targets did, or would do. With a bad row nothing was done."""

    campaign: Campaign | None
    added: int
    bad: Sequence[BadRow]


async def plan_campaign(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    given: CampaignGiven,
    selection: Selection,
    *,
    activate: bool,
) -> Campaign:
    """Plan a campaign, perhaps with its targets by rule, perhaps active at once. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork) -> tuple[Campaign, Sequence[EventData]]:
        area = known_area(directory, caller, given.area_id)
        require_keeper(caller, area.path)
        campaign, planned = Campaign.plan(_plan(given, directory.policy, area.path, caller.unit, unit.now), unit.now)
        events: list[EventData] = list(planned)
        if targets := await _selected(unit, directory, caller, campaign, selection):
            events += campaign.add_targets(targets)[1]
        if activate:
            events += campaign.activate(unit.now)
            _stage_tasks(unit, campaign, campaign.targets)
        return campaign, events

    what = [msgspec.to_builtins(given), msgspec.to_builtins(selection), activate]
    return await create(store, CAMPAIGNS, caller, "planCampaign", key, what, decide)


async def add_targets(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    campaign_id: str,
    targets: Sequence[TargetGiven],
    selection: Selection,
) -> Campaign:
    """Add targets one by one, by rule, or both; those in the list already are left out. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, campaign: Campaign) -> Sequence[EventData]:
        require_campaign(caller, campaign)
        asked = [await _target(unit, directory, caller, campaign, given) for given in targets]
        asked += await _selected(unit, directory, caller, campaign, selection)
        new, events = campaign.add_targets(asked)
        if campaign.state is CampaignState.ACTIVE:
            _stage_tasks(unit, campaign, new)
        return events

    what = [msgspec.to_builtins(targets), msgspec.to_builtins(selection)]
    return await change(store, CAMPAIGNS, caller, "addCampaignTargets", key, campaign_id, what, decide)


async def import_targets(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    campaign_id: str,
    written: RowFormat,
    content: str,
    *,
    dry_run: bool,
) -> TargetsOutcome:
    """The same from a file. Raises Refusal, StoreError; of bad rows the outcome tells, and then nothing was changed."""
    rows = read_rows(written, content, TargetGiven)
    unit = UnitOfWork(store, actor=caller.actor)
    campaign = await unit.get(CAMPAIGNS, campaign_id)
    require_campaign(caller, campaign)
    bad, before = list(rows.bad), len(campaign.targets)
    targets = []
    for number, given in rows.good:
        try:
            targets.append(await _target(unit, directory, caller, campaign, given))
        except Refusal as refusal:
            bad.append(BadRow(number, refusal))
    bad.sort(key=lambda row: row.number)
    new, _ = campaign.add_targets(targets)
    if bad or dry_run:
        return TargetsOutcome(None, len(new), bad)
    given_rows = [given for _, given in rows.good]
    campaign = await add_targets(store, directory, caller, key, campaign_id, given_rows, Selection())
    return TargetsOutcome(campaign, len(campaign.targets) - before, [])


async def activate_campaign(store: Store, caller: Caller, key: str, campaign_id: str) -> Campaign:
    """Begin: every target becomes a task. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, campaign: Campaign) -> Sequence[EventData]:
        require_campaign(caller, campaign)
        events = campaign.activate(unit.now)
        _stage_tasks(unit, campaign, campaign.targets)
        return events

    return await change(store, CAMPAIGNS, caller, "activateCampaign", key, campaign_id, [], decide)


async def review_campaign(store: Store, caller: Caller, key: str, campaign_id: str, summary: str) -> Campaign:
    """Say what came of it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, campaign: Campaign) -> Sequence[EventData]:
        require_campaign(caller, campaign)
        unvisited = await _count(unit, {"campaign_id": campaign.id, "state": {"$in": list(UNVISITED)}})
        return campaign.conclude(summary, unvisited, unit.now, caller.actor)

    return await change(store, CAMPAIGNS, caller, "reviewCampaign", key, campaign_id, [summary], decide)


async def close_campaign(store: Store, caller: Caller, key: str, campaign_id: str) -> Campaign:
    """End it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, campaign: Campaign) -> Sequence[EventData]:
        require_campaign(caller, campaign)
        return campaign.close(await _count(unit, {"campaign_id": campaign.id, "open": True}), unit.now)

    return await change(store, CAMPAIGNS, caller, "closeCampaign", key, campaign_id, [], decide)


def require_campaign(caller: Caller, campaign: Campaign) -> None:
    """Raises unless the caller keeps this campaign."""
    seen = sees(caller, campaign.area_path, units=(campaign.unit,), sensitivity=campaign.sensitivity)
    require_sight(seen, CAMPAIGNS.what)
    require_keeper(caller, campaign.area_path)


def _plan(
    given: CampaignGiven, policy: Policy, area_path: tuple[str, ...], unit: str | None, now: datetime
) -> CampaignPlan:
    template: CampaignTemplate | None = None
    if given.template is not None:
        template = policy.campaign(given.template)
        if template is None:
            raise UnknownTemplate(path=("template",), template=given.template)
    due_at = given.due_at or (now + template.lasts if template else None)
    if due_at is None:
        raise InvalidInput(path=("dueAt",), reason="needed without a template")
    checklist = given.checklist
    if checklist is None:
        checklist = template.checklist if template else ()
    return CampaignPlan(
        name=given.name or (template.name if template else ""),
        kind=given.kind or (template.kind if template else CampaignKind.INSPECTION),
        area_id=given.area_id,
        area_path=area_path,
        unit=unit,
        due_at=due_at,
        checklist=checklist,
        template=given.template,
        visit_mode=given.visit_mode or (template.visit_mode if template else None),
        sensitivity=given.sensitivity,
    )


async def _target(
    unit: UnitOfWork, directory: Directory, caller: Caller, campaign: Campaign, given: TargetGiven
) -> Target:
    if given.asset_code is not None:
        row = await unit.mongo[ASSETS.collection.name].find_one({"code": given.asset_code, "retired_at": None})
        asset = ASSETS.from_document(row) if row else None
        if asset is None or campaign.area_id not in asset.area_path:
            raise NotFound(what=ASSETS.what, path=("assetCode",))
        area_id, label, asset_id = asset.area_id, given.label or asset.name, asset.id
    else:
        area_id = known_area(directory, caller, given.area_id or "").id
        asset_id = None
        label = given.label or given.address or directory.areas[area_id].name
    return _target_in(
        *(directory, campaign, area_id, label), asset_id=asset_id, address=given.address, post_id=given.post_id
    )


def _target_in(
    directory: Directory,
    campaign: Campaign,
    area_id: str,
    label: str,
    *,
    asset_id: str | None = None,
    address: str | None = None,
    post_id: str | None = None,
) -> Target:
    path = directory.areas[area_id].path
    if campaign.area_id not in path:
        raise InvalidInput(path=("areaId",), reason=f"{area_id} is outside the campaign's area")
    post = known_post(directory, post_id) if post_id is not None else field_post(directory, path)
    if post is None:
        raise NobodyForTarget(target=label)
    grid = next((part for part in path if directory.areas[part].level is AreaLevel.GRID), area_id)
    return Target(
        label=label,
        area_id=area_id,
        area_path=path,
        grid_id=grid,
        post=post.id,
        unit=post.unit_id,
        asset_id=asset_id,
        address=address,
    )


async def _selected(
    unit: UnitOfWork, directory: Directory, caller: Caller, campaign: Campaign, selection: Selection
) -> list[Target]:
    targets = [
        _target_in(directory, campaign, place.id, place.name)
        for place in directory.areas.values()
        if place.level is selection.every and campaign.area_id in place.path
    ]
    if selection.asset_kind is not None:
        kind, area = selection.asset_kind, campaign.area_id
        for asset in await in_order(unit.mongo, caller, kind=kind, area=area, first=MAX_TARGETS + 1):
            targets.append(_target_in(directory, campaign, asset.area_id, asset.name, asset_id=asset.id))
    if len(targets) > MAX_TARGETS:
        raise TooManyTargets(limit=MAX_TARGETS)
    return targets


def _stage_tasks(unit: UnitOfWork, campaign: Campaign, targets: Sequence[Target]) -> None:
    for target in targets:
        unit.add(INSPECTIONS, *InspectionTask.assign(campaign, target))


async def _count(unit: UnitOfWork, where: dict[str, object]) -> int:
    return await unit.mongo[INSPECTIONS.collection.name].count_documents(where)
