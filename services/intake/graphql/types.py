"""Entities and values of intake's schema."""

from datetime import datetime

import strawberry
import strawberry.federation
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet
from strawberry.scalars import JSON
from strawberry.types import Info

from services.intake.graphql.context import Context
from services.intake.graphql.enums import (
    CallLevel,
    Channel,
    Disposition,
    DisputeType,
    IdentityMode,
    Importance,
    Kind,
    Mode,
    Path,
    PlaceOrigin,
    Sensitivity,
    State,
    Track,
    Urgency,
)
from services.intake.model import category as category_model
from services.intake.model import report as report_model
from services.intake.model import timeline as timeline_model
from services.intake.model.values import Party
from services.intake.model.visibility import may_see_caller, shown
from services.intake.model.wording import sentence

_STUB = [Key(fields=FieldSet("id"), resolvable=False)]


@strawberry.federation.type(
    directives=_STUB, description="An area of the grid hierarchy; routing knows it. 区域、网格。"
)
class Area:
    id: strawberry.ID


@strawberry.federation.type(directives=_STUB, description="An organisation; routing knows it. 单位。")
class OrgUnit:
    id: strawberry.ID


@strawberry.federation.type(directives=_STUB, description="A post; routing knows it. 岗位。")
class Post:
    id: strawberry.ID


@strawberry.type(description="A point in WGS-84. 地点(WGS-84)。")
class Place:
    lon: float
    lat: float
    accuracy: float | None = strawberry.field(description="Metres. 精度(米)。")
    address: str | None


@strawberry.type(description="Who called, for those who may know. 诉求人。")
class ReportCaller:
    person: strawberry.ID | None
    post: Post | None
    unit: OrgUnit | None
    name: str | None = strawberry.field(description="Only of somebody without an account. 仅限无账号者。")
    phone: str | None

    @classmethod
    def of(cls, party: Party) -> "ReportCaller":
        return cls(
            person=strawberry.ID(party.person) if party.person else None,
            post=Post(id=strawberry.ID(party.post)) if party.post else None,
            unit=OrgUnit(id=strawberry.ID(party.unit)) if party.unit else None,
            name=party.name,
            phone=party.phone,
        )


@strawberry.type(description="The number another system knows it by. 外部系统编号。")
class ExternalReference:
    system: str
    number: str
    deadline: datetime | None


@strawberry.type(description="Where an imported report stood, and the rule that placed it. 导入来源。")
class ImportedFrom:
    source: str
    line: int
    rule: str


@strawberry.type(
    description="One entry of the complete record, chained to the one before by its hash. 办理全记录的一条。"
)
class TimelineEntry:
    index: int
    source: str = strawberry.field(description="The service it happened in. 来源服务。")
    type: str = strawberry.field(description="The event's type, such as huying.routing.order.accepted.v1. 事件类型。")
    subject: strawberry.ID = strawberry.field(description="The report, order, call, deployment or case. 事件主体。")
    at: datetime
    recorded_at: datetime
    post: Post | None = strawberry.field(description="The post that acted. 办理岗位。")
    unit: OrgUnit | None
    text: str = strawberry.field(description="What happened, a sentence in the caller's language. 按调用者语言的说明。")
    facts: JSON
    hash: str

    @classmethod
    def of(cls, entry: timeline_model.Entry, language: str) -> "TimelineEntry":
        post, unit = entry.actor.get("post"), entry.actor.get("unit")
        return cls(
            index=entry.index,
            source=entry.source,
            type=entry.type,
            subject=strawberry.ID(entry.subject),
            at=entry.at,
            recorded_at=entry.recorded_at,
            post=Post(id=strawberry.ID(post)) if post else None,
            unit=OrgUnit(id=strawberry.ID(unit)) if unit else None,
            text=sentence(entry.type, language),
            facts=JSON(entry.facts),
            hash=entry.hash,
        )


@strawberry.federation.type(keys=["code"], description="A category of matters (I-12). 事项类别。")
class Category:
    code: strawberry.ID
    name: str
    name_en: str
    path: list[str] = strawberry.field(description="Codes from the root to this one. 从顶级到本级的代码。")
    dispute_type: DisputeType | None = strawberry.field(description="Set when it is a dispute. 纠纷类型。")
    urgency: Urgency
    parent_code: strawberry.Private[str | None]

    @strawberry.field(description="The category above. 上级类别。")
    def parent(self, info: Info[Context, None]) -> "Category | None":
        return category_of(info, self.parent_code)

    @classmethod
    def of(cls, category: category_model.Category) -> "Category":
        return cls(
            code=strawberry.ID(category.id),
            name=category.name,
            name_en=category.name_en,
            path=category.path,
            dispute_type=category.dispute_type,
            urgency=category.urgency,
            parent_code=category.parent,
        )

    @classmethod
    def resolve_reference(cls, info: Info[Context, None], code: strawberry.ID) -> "Category | None":
        return category_of(info, code)


def category_of(info: Info[Context, None], code: str | None) -> Category | None:
    """The category with this code, out of memory."""
    found = info.context.reference.categories.get(code) if code else None
    return Category.of(found) if found else None


@strawberry.federation.type(
    keys=["id"], description="A report (诉求): what somebody called in, and what became of it. 诉求及其办理情况。"
)
class Report:
    id: strawberry.ID
    number: str = strawberry.field(description="To read aloud. 受理编号。")
    kind: Kind
    call_level: CallLevel
    channel: Channel
    identity_mode: IdentityMode
    external_ref: ExternalReference | None
    dispute_type: DisputeType | None
    urgency: Urgency
    importance: Importance
    mode: Mode
    track: Track | None
    text: str
    media: list[str]
    place: Place | None
    place_origin: PlaceOrigin | None
    area: Area | None = strawberry.field(description="The grid it lies in. 所在网格。")
    area_path: list[Area] = strawberry.field(description="From the district down. 从区到网格。")
    sensitivity: Sensitivity
    occurred_at: datetime | None
    received_at: datetime = strawberry.field(description="Clocks run from here. 受理时间,时限由此起算。")
    recorded_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    state: State
    disposition: Disposition | None
    disposition_reason: str | None
    path: Path | None
    lead_post: Post | None = strawberry.field(description="The post that leads now. 牵头岗位。")
    lead_unit: OrgUnit | None = strawberry.field(description="The unit that leads now. 牵头单位。")
    answer: str | None = strawberry.field(description="The official reply to the caller. 对诉求人的正式答复。")
    satisfaction: int | None = strawberry.field(description="The caller's verdict, 1 to 5. 满意度。")
    reopen_count: int
    reopen_reason: str | None = strawberry.field(description="What the caller said last. 最近一次重提理由。")
    imported: ImportedFrom | None
    model: strawberry.Private[report_model.Report]

    @strawberry.field(description="Who called, null for those who may not know. 诉求人。")
    def caller(self, info: Info[Context, None]) -> ReportCaller | None:
        model = self.model
        known = model.caller != Party() and may_see_caller(model, info.context.viewer)
        return ReportCaller.of(model.caller) if known else None

    @strawberry.field(description="Who filed it for somebody else (I-08). 代报人。")
    def collector(self, info: Info[Context, None]) -> ReportCaller | None:
        model = self.model
        known = model.collector is not None and may_see_caller(model, info.context.viewer)
        return ReportCaller.of(model.collector) if known and model.collector else None

    @strawberry.field(description="Its category, null until triaged. 事项类别。")
    def category(self, info: Info[Context, None]) -> Category | None:
        return category_of(info, self.model.category)

    @strawberry.field(description="The report this one repeats. 原诉求。")
    async def duplicate_of(self, info: Info[Context, None]) -> "Report | None":
        return await report_of(info, self.model.duplicate_of) if self.model.duplicate_of else None

    @strawberry.field(
        description="Every event of the matter that the caller may know of, from all services, oldest first (I-30). 办理全记录。"
    )
    async def timeline(self, info: Info[Context, None]) -> list[TimelineEntry]:
        context = info.context
        entries = shown(self.model, await context.timelines.load(self.model.id), context.viewer)
        return [TimelineEntry.of(entry, context.language) for entry in entries]

    @classmethod
    def of(cls, model: report_model.Report) -> "Report":
        place, ref, imported = model.place, model.external_ref, model.imported
        return cls(
            id=strawberry.ID(model.id),
            number=model.number,
            kind=model.kind,
            call_level=model.call_level,
            channel=model.channel,
            identity_mode=model.identity_mode,
            external_ref=ExternalReference(system=ref.system, number=ref.number, deadline=ref.deadline)
            if ref
            else None,
            dispute_type=model.dispute_type,
            urgency=model.urgency,
            importance=model.importance,
            mode=model.mode,
            track=model.track,
            text=model.text,
            media=model.media,
            place=Place(lon=place.lon, lat=place.lat, accuracy=place.accuracy, address=place.address)
            if place
            else None,
            place_origin=model.place_origin,
            area=Area(id=strawberry.ID(model.area_id)) if model.area_id else None,
            area_path=[Area(id=strawberry.ID(area)) for area in model.area_path],
            sensitivity=model.sensitivity,
            occurred_at=model.occurred_at,
            received_at=model.received_at,
            recorded_at=model.recorded_at,
            resolved_at=model.resolved_at,
            closed_at=model.closed_at,
            state=model.state,
            disposition=model.disposition,
            disposition_reason=model.disposition_reason,
            path=model.path,
            lead_post=Post(id=strawberry.ID(model.lead_post)) if model.lead_post else None,
            lead_unit=OrgUnit(id=strawberry.ID(model.lead_unit)) if model.lead_unit else None,
            answer=model.answer,
            satisfaction=model.satisfaction,
            reopen_count=model.reopen_count,
            reopen_reason=model.reopen_reason,
            imported=ImportedFrom(source=imported.source, line=imported.line, rule=imported.rule) if imported else None,
            model=model,
        )

    @classmethod
    async def resolve_reference(cls, info: Info[Context, None], id: strawberry.ID) -> "Report | None":
        return await report_of(info, id)


async def report_of(info: Info[Context, None], report_id: str) -> Report | None:
    """The report with this id, if the viewer may see it."""
    found = await info.context.reports.load(report_id)
    return Report.of(found) if found else None
