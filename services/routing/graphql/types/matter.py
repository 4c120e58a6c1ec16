"""What a matter is graded by, under the names that intake gave: the gateway joins the enums, so both must know the same values."""

from datetime import datetime

import strawberry

from services.routing.model.rules.matter import CallLevel, Channel, Kind, Mode, Sensitivity, Track, Urgency

__all__ = ["CallLevel", "Channel", "Kind", "Mode", "RoutingFactsInput", "Sensitivity", "Track", "Urgency"]

strawberry.enum(Kind, name="ReportKind", description="What kind of report it is. 诉求类型。")
strawberry.enum(CallLevel, name="CallLevel", description="The entry used. 呼叫层级。")
strawberry.enum(Channel, name="Channel", description="The channel it came by. 诉求渠道。")
strawberry.enum(Track, name="Track", description="Self-governed, assisted or jointly managed. 自治单、协助单、共管单。")
strawberry.enum(Mode, name="ReportMode", description="Routine or emergency. 平时、应急状态。")
strawberry.enum(Urgency, name="Urgency", description="How soon. 一般、紧急、特急。")
strawberry.enum(Sensitivity, name="Sensitivity", description="Who may know of it. 敏感级别。")


@strawberry.input(description="A matter that might come. 假设的诉求。")
class RoutingFactsInput:
    category: strawberry.ID
    area: strawberry.ID
    overlays: list[strawberry.ID] = strawberry.field(default_factory=list, description="重点网格等叠加区域。")
    dispute_type: str | None = strawberry.field(default=None, description="Makes it a dispute. 纠纷类型。")
    kind: Kind | None = None
    call_level: CallLevel | None = None
    channel: Channel | None = None
    track: Track | None = None
    mode: Mode | None = strawberry.field(default=None, description="Without it, the mode of the area. 默认按区域状态。")
    urgency: Urgency = Urgency.ROUTINE
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    at: datetime | None = strawberry.field(default=None, description="Without it, now. 默认当前时间。")
