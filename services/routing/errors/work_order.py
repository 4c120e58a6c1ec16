"""Refusals of commands on work orders."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class OrderStateForbids(Refusal):
    code = "ORDER_STATE_FORBIDS"
    en = "An order that is {state} cannot be {command}."
    zh = "工单处于“{state_zh}”状态,不能{command_zh}。"


class OrderNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Another unit leads this order."
    zh = "该工单由其他单位牵头。"


class VerifierHandledOrder(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "The unit that handled an order does not verify it."
    zh = "承办单位不得审核自己办理的工单。"


class RulingBinds(Refusal):
    code = "RULING_BINDS"
    en = "The centre has ruled on this order; it is neither returned nor handed on."
    zh = "中心已对该工单作出裁定,不得再退回或转派。"


class RulingNotInForce(Refusal):
    code = "RULING_NOT_IN_FORCE"
    en = "There is no ruling {ruling} in force."
    zh = "没有现行有效的裁定{ruling}。"


class DispatchedToReturner(Refusal):
    code = "DISPATCHED_TO_RETURNER"
    en = "This post has just returned the order; dispatch it to another."
    zh = "该岗位刚退回此工单,请改派其他岗位。"


class AlreadyOrdered(Refusal):
    code = "ALREADY_ORDERED"
    en = "The unit {unit} has an open order for the same thing: {number}."
    zh = "单位{unit}已有同一事项的未结工单:{number}。"


class LeadsAlready(Refusal):
    code = "LEADS_ALREADY"
    en = "The unit {unit} has a part in this order already."
    zh = "单位{unit}已承办该工单。"


class CheckInMissing(Refusal):
    code = "CHECK_IN_MISSING"
    en = "Somebody must go there: check in first."
    zh = "该工单须到场办理,请先报到。"


class NotInTheField(Refusal):
    code = "NOT_IN_THE_FIELD"
    en = "Nobody has to go anywhere for this order."
    zh = "该工单无需到场。"


class EvidenceMissing(Refusal):
    code = "EVIDENCE_MISSING"
    en = "Evidence is required, or the reason why there is none."
    zh = "须提交办理凭证,或说明无凭证的理由。"


class EvidenceIncomplete(Refusal):
    code = "EVIDENCE_INCOMPLETE"
    en = "This kind of matter is shown by {pieces} pieces, of them {before} photos before and {after} after the work."
    zh = "此类事项须提交{pieces}件凭证,其中办理前照片{before}张、办理后照片{after}张。"


class SamePhotoTwice(Refusal):
    code = "SAME_PHOTO_TWICE"
    en = "The same photo cannot show two things."
    zh = "同一张照片不得重复使用。"


class TooMuchEvidence(Refusal):
    code = "TOO_MUCH_EVIDENCE"
    en = "No more than {limit} pieces of evidence."
    zh = "凭证不得超过{limit}件。"


class SignpostMissing(Refusal):
    code = "SIGNPOST_MISSING"
    en = "Say who else may help, or that nobody does."
    zh = "须注明可向谁求助,或说明无其他途径。"


class StillOpenBelow(Refusal):
    code = "STILL_OPEN_BELOW"
    en = "Parts of this order are still open: {parts}."
    zh = "该工单尚有未完成的部分:{parts}。"


class OneLevelOnly(Refusal):
    code = "ONE_LEVEL_ONLY"
    en = "A part of an order is not split again."
    zh = "子工单不得再拆分。"


class UnknownAssistance(Refusal):
    code = "UNKNOWN_ASSISTANCE"
    en = "There is no such assistance on this order, or it does not allow this now."
    zh = "该工单没有此项协办,或其当前状态不允许此操作。"


class NotInSample(Refusal):
    code = "NOT_IN_SAMPLE"
    en = "The order was not drawn for a sample check, or has been checked."
    zh = "该工单未被抽中或已抽查。"


class NotHeardHere(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Your unit is not heard on this order; the centre may invite it."
    zh = "贵单位不在本工单听取意见之列,须由中心邀请。"


class WaitTooLong(Refusal):
    code = "WAIT_TOO_LONG"
    en = "No longer than until {latest}."
    zh = "最迟不得超过{latest}。"


class WaitNotAhead(Refusal):
    code = "WAIT_NOT_AHEAD"
    en = "The date must lie ahead."
    zh = "日期须在当前时间之后。"


class ExtensionPending(Refusal):
    code = "EXTENSION_PENDING"
    en = "An extension is asked for already."
    zh = "已有待审批的延期申请。"


class NoExtensionAsked(Refusal):
    code = "NO_EXTENSION_ASKED"
    en = "No extension is asked for."
    zh = "没有待审批的延期申请。"


class ExtensionLimitReached(Refusal):
    code = "EXTENSION_LIMIT_REACHED"
    en = "The order was extended {limit} times already."
    zh = "该工单已延期{limit}次,不得再延。"


class ExtensionBeyondRank(NotAllowed):
    reason = NotAllowedReason.RANK
    en = "So much more time is not yours to grant."
    zh = "延期时长超出您的审批权限。"


class NotTheSameMatter(Refusal):
    code = "NOT_THE_SAME_MATTER"
    en = "Only reports about the same asset and of the same category are handled as one, and none that is sealed."
    zh = "只有同一设施、同一类别且未密封的诉求方可合并办理。"
