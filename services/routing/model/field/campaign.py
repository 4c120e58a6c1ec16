"""A campaign: a checklist over a list of targets, from plan to closure (R-27; visits over a list R-39; standards of buildings R-28)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from services.chassis.errors import InvalidInput
from services.chassis.events import Actor, EventData
from services.chassis.ids import new_id
from services.routing.errors.campaign import (
    CampaignStateForbids,
    DueInThePast,
    NoTargets,
    TasksStillOpen,
    TooManyTargets,
)
from services.routing.events import campaign as events
from services.routing.model.texts import required

MAX_TARGETS = 1000
MAX_ITEMS = 60


class CampaignKind(StrEnum):
    """What a campaign is for."""

    INSPECTION = "inspection"
    VISIT = "visit"
    STANDARD = "standard"
    EMERGENCY = "emergency"


class CampaignState(StrEnum):
    """Where in the process a campaign is (domain.md §3.10)."""

    PLANNED = "planned"
    ACTIVE = "active"
    REVIEWED = "reviewed"
    CLOSED = "closed"


class VisitMode(StrEnum):
    """Who visits: one unit, several together, or led by a leader (独家访/联合访/领导带队访, R-39)."""

    SOLO = "solo"
    JOINT = "joint"
    LEADER_LED = "leader_led"


CampaignAct = Literal["add_targets", "activate", "review", "close"]

_S = CampaignState
TRANSITIONS: dict[CampaignAct, tuple[frozenset[CampaignState], CampaignState | None]] = {
    "add_targets": (frozenset({_S.PLANNED, _S.ACTIVE}), None),
    "activate": (frozenset({_S.PLANNED}), _S.ACTIVE),
    "review": (frozenset({_S.ACTIVE}), _S.REVIEWED),
    "close": (frozenset({_S.REVIEWED}), _S.CLOSED),
}
_DONE: dict[CampaignAct, tuple[str, str]] = {
    "add_targets": ("given targets", "增加对象"),
    "activate": ("activated", "启动"),
    "review": ("reviewed", "总结"),
    "close": ("closed", "结束"),
}
_STATE_ZH = {_S.PLANNED: "计划中", _S.ACTIVE: "进行中", _S.REVIEWED: "已总结", _S.CLOSED: "已结束"}


class ChecklistItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to look at; `evidence` says that the answer must be shown."""

    code: str
    text: str
    evidence: bool = False


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is visited: an asset, an address or an area, where, and the post that goes."""

    label: str
    area_id: str
    area_path: tuple[str, ...]
    grid_id: str
    post: str
    unit: str
    asset_id: str | None = None
    address: str | None = None

    @property
    def key(self) -> str:
        """What makes it the same target: the asset, else the address, else the area."""
        return self.asset_id or f"{self.area_id}/{self.address or ''}"


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the campaign."""

    at: datetime
    by: Actor
    summary: str


class CampaignPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign is planned as."""

    name: str
    kind: CampaignKind
    area_id: str
    area_path: tuple[str, ...]
    unit: str | None
    due_at: datetime
    checklist: tuple[ChecklistItem, ...]
    template: str | None = None
    visit_mode: VisitMode | None = None
    sensitivity: str = "internal"


class Campaign(msgspec.Struct, kw_only=True):
    """The aggregate. `unit` runs it; its targets become inspection tasks when it is activated."""

    id: str
    version: int = 0
    sequence: int = 0
    previous: dict[str, int] = msgspec.field(default_factory=dict)
    name: str
    kind: CampaignKind
    area_id: str
    area_path: tuple[str, ...]
    unit: str | None
    due_at: datetime
    checklist: tuple[ChecklistItem, ...]
    template: str | None
    visit_mode: VisitMode | None
    sensitivity: str
    planned_at: datetime
    state: CampaignState = CampaignState.PLANNED
    targets: list[Target] = msgspec.field(default_factory=list)
    activated_at: datetime | None = None
    review: Review | None = None
    closed_at: datetime | None = None

    @classmethod
    def plan(cls, plan: CampaignPlan, now: datetime) -> tuple["Campaign", list[EventData]]:
        """A new campaign without targets."""
        values = msgspec.structs.asdict(plan)
        values["name"] = required(plan.name, "name", "名称", ("name",))
        if plan.due_at <= now:
            raise DueInThePast(path=("dueAt",))
        _check_items(plan.checklist)
        campaign = cls(id=new_id("campaign"), planned_at=now, **values)
        return campaign, [
            events.CampaignPlanned(
                campaign_id=campaign.id,
                kind=plan.kind,
                template=plan.template,
                area_path=list(plan.area_path),
                due_at=plan.due_at,
            )
        ]

    def add_targets(self, targets: Sequence[Target]) -> tuple[list[Target], list[EventData]]:
        """Add those that are not in the list yet; gives them. Once active, each needs its task at once."""
        self._allow("add_targets")
        known = {target.key for target in self.targets}
        new = []
        for target in targets:
            if target.key not in known:
                known.add(target.key)
                new.append(target)
        if len(self.targets) + len(new) > MAX_TARGETS:
            raise TooManyTargets(path=("targets",), limit=MAX_TARGETS)
        self.targets += new
        return new, [events.CampaignTargetsAdded(campaign_id=self.id, added=len(new))]

    def activate(self, now: datetime) -> list[EventData]:
        """Begin: from now on there is a task for every target."""
        self._allow("activate")
        if not self.targets:
            raise NoTargets
        if self.due_at <= now:
            raise DueInThePast
        self.activated_at = now
        self.state = CampaignState.ACTIVE
        return [events.CampaignActivated(campaign_id=self.id, targets=len(self.targets))]

    def conclude(self, summary: str, unvisited: int, now: datetime, by: Actor) -> list[EventData]:
        """Review what came of it; every target was visited or dropped with a reason."""
        self._allow("review")
        if unvisited:
            raise TasksStillOpen(count=unvisited)
        self.review = Review(at=now, by=by, summary=required(summary, "summary", "总结", ("summary",)))
        self.state = CampaignState.REVIEWED
        return [events.CampaignReviewed(campaign_id=self.id)]

    def close(self, open_tasks: int, now: datetime) -> list[EventData]:
        """End it; never over an open hazard."""
        self._allow("close")
        if open_tasks:
            raise TasksStillOpen(count=open_tasks)
        self.closed_at = now
        self.state = CampaignState.CLOSED
        return [events.CampaignClosed(campaign_id=self.id)]

    def _allow(self, act: CampaignAct) -> None:
        if self.state not in TRANSITIONS[act][0]:
            done, done_zh = _DONE[act]
            raise CampaignStateForbids(
                state=self.state.value, state_zh=_STATE_ZH[self.state], command=done, command_zh=done_zh
            )


def _check_items(checklist: Sequence[ChecklistItem]) -> None:
    if len(checklist) > MAX_ITEMS:
        raise InvalidInput(path=("checklist",), reason=f"at most {MAX_ITEMS} items")
    codes = [required(item.code, "code", "编号", ("checklist", "code")) for item in checklist]
    if len(set(codes)) < len(codes):
        raise InvalidInput(path=("checklist",), reason="a code is there twice")
    for item in checklist:
        required(item.text, "text", "检查内容", ("checklist", "text"))
