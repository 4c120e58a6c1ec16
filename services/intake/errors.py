"""Why intake may refuse.

Refusal (chassis)
├── PlaceOutsideDistrict   the place is in no area of ours
├── AreasNotLoaded         no areas are known yet, or not that part of the district
├── UnknownCategory        no category has this code
├── UnknownArea            no area has this id
├── CallLevelNotAllowed    the caller's post does not make calls of this level (I-01)
├── StaffOnly              residents do not set this
├── NotInThisState         the report's state does not allow this step
├── ReopenWindowPassed     too late to reopen
├── ReasonRequired         a result that needs its reason
├── OriginalRequired       a duplicate names its original
├── OrderOpen              the report has an open order or case, which ends first
└── DisputeTypeRequired    a dispute needs its type
"""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class PlaceOutsideDistrict(Refusal):
    code = "PLACE_OUTSIDE_DISTRICT"
    en = "The place is outside this district."
    zh = "地点不在本区范围内。"


class AreasNotLoaded(Refusal):
    code = "AREAS_NOT_LOADED"
    en = "The map of areas is not loaded yet; please try again later."
    zh = "区域网格数据尚未加载,请稍后再试。"


class UnknownCategory(Refusal):
    code = "UNKNOWN_CATEGORY"
    en = "There is no category {category}."
    zh = "事项类别 {category} 不存在。"


class UnknownArea(Refusal):
    code = "UNKNOWN_AREA"
    en = "There is no area {area}."
    zh = "区域 {area} 不存在。"


class CallLevelNotAllowed(NotAllowed):
    reason = NotAllowedReason.RANK
    en = "Your post does not make calls at level {level}."
    zh = "您的岗位不能发起该层级({level})的呼叫。"


class StaffOnly(NotAllowed):
    reason = NotAllowedReason.ROLE
    en = "Only staff may do or set this."
    zh = "仅工作人员可以操作或填写此项。"


class NotInThisState(Refusal):
    code = "NOT_IN_THIS_STATE"
    en = "A report in state {state} does not allow this step ({step})."
    zh = "诉求当前状态({state})不允许此操作({step})。"


class ReopenWindowPassed(Refusal):
    code = "REOPEN_WINDOW_PASSED"
    en = "A report can be reopened within {days} days; please submit a new one."
    zh = "诉求只能在 {days} 天内重新提出,请另行提交。"


class ReasonRequired(Refusal):
    code = "REASON_REQUIRED"
    en = "Please give the reason; if another body is competent, name it."
    zh = "请说明理由;如属其他单位职责,请注明该单位。"


class OriginalRequired(Refusal):
    code = "ORIGINAL_REQUIRED"
    en = "A duplicate names the report it repeats."
    zh = "重复件须注明原诉求。"


class OrderOpen(Refusal):
    code = "ORDER_OPEN"
    en = "An order or case of this report is still open; it is answered through that."
    zh = "该诉求仍有未办结的工单或案件,请通过其办理答复。"


class DisputeTypeRequired(Refusal):
    code = "DISPUTE_TYPE_REQUIRED"
    en = "Please say what kind of dispute it is."
    zh = "请选择纠纷类型。"
