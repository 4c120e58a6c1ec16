"""The model's closed sets, named and described as GraphQL enums."""

import strawberry

from services.intake.model.values import (
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

__all__ = [
    "CallLevel",
    "Channel",
    "Disposition",
    "DisputeType",
    "IdentityMode",
    "Importance",
    "Kind",
    "Mode",
    "Path",
    "PlaceOrigin",
    "Sensitivity",
    "State",
    "Track",
    "Urgency",
]

strawberry.enum(Kind, name="ReportKind", description="What kind of report it is. 诉求类型。")
strawberry.enum(
    CallLevel,
    name="CallLevel",
    description="The entry used: the public one, or a call of grid, community, street or one level up. 呼叫层级。",
)
strawberry.enum(Channel, name="Channel", description="The channel it came by. 诉求渠道。")
strawberry.enum(
    IdentityMode,
    name="IdentityMode",
    description="OPEN, SEALED (known to the centre only) or ANONYMOUS (not kept). 身份公开方式。",
)
strawberry.enum(Urgency, name="Urgency", description="How soon. 一般、紧急、特急。")
strawberry.enum(
    Importance, name="Importance", description="How much it matters, the second axis of grading. 重要程度。"
)
strawberry.enum(Mode, name="ReportMode", description="Routine or emergency. 平时、应急状态。")
strawberry.enum(
    Track,
    name="Track",
    description="Self-governed, owners'-committee-assisted or jointly managed. 自治单、业委会协助单、共管重点单。",
)
strawberry.enum(DisputeType, name="DisputeType", description="The type of a dispute. 纠纷类型。")
strawberry.enum(
    PlaceOrigin,
    name="PlaceOrigin",
    description="GIVEN by somebody, or ASSIGNED by a stated rule. 地点来源:报送或按规则分配。",
)
strawberry.enum(Sensitivity, name="Sensitivity", description="Who may know of it. 敏感级别。")
strawberry.enum(Path, name="ReportPath", description="By work order or by mediation. 办理路径。")
strawberry.enum(Disposition, name="Disposition", description="With what result it ended. 办理结果。")
strawberry.enum(State, name="ReportState", description="Where in the process it is. 所处环节。")
