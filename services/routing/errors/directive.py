"""Refusals of commands on directives."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class DirectiveStateForbids(Refusal):
    code = "DIRECTIVE_STATE_FORBIDS"
    en = "A directive that is {state} cannot be {command}."
    zh = "指令处于“{state_zh}”状态,不能{command_zh}。"


class NotAddressed(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "This directive is not addressed to your post or unit."
    zh = "该指令未下达给您的岗位或单位。"


class AlreadyAcknowledged(Refusal):
    code = "ALREADY_ACKNOWLEDGED"
    en = "Your post has acknowledged this directive already."
    zh = "您的岗位已签收该指令。"


class AddresseesWrong(Refusal):
    code = "ADDRESSEES_WRONG"
    en = "A directive is addressed to between 1 and {limit} posts, each once."
    zh = "指令须下达给1至{limit}个岗位,且不得重复。"


class DueTooEarly(Refusal):
    code = "DUE_TOO_EARLY"
    en = "The date must lie in the future, and no part ends after the whole."
    zh = "时限须晚于当前时间,且分项时限不得晚于总时限。"


class CadenceWrong(Refusal):
    code = "CADENCE_WRONG"
    en = "A reporting cadence is an ISO 8601 duration between one hour and a year, such as P7D."
    zh = "报告周期须为一小时至一年的 ISO 8601 时长,例如 P7D。"


class WeightsWrong(Refusal):
    code = "WEIGHTS_WRONG"
    en = "The weights of the parts are whole numbers from 1 and sum to 100; here they sum to {sum}."
    zh = "各分项权重须为不小于1的整数,合计100,现为{sum}。"


class PartNotAddressed(Refusal):
    code = "PART_NOT_ADDRESSED"
    en = "A part belongs to a post the directive is addressed to; {post} is none."
    zh = "分项须由受令岗位承担,{post}不是受令岗位。"


class PartNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Another unit answers for this part."
    zh = "该分项由其他单位承担。"


class ProgressWrong(Refusal):
    code = "PROGRESS_WRONG"
    en = "Progress is a number from 0 to 100."
    zh = "进度须为0至100。"


class ProgressNeedsEvidence(Refusal):
    code = "PROGRESS_NEEDS_EVIDENCE"
    en = "Progress is evidence plus number: hand in at least one piece."
    zh = "进度须附凭证,不能只报数字。"


class PartsUnfinished(Refusal):
    code = "PARTS_UNFINISHED"
    en = "Not every part is at 100 percent: {parts}."
    zh = "尚有分项未完成:{parts}。"


class AddresseeJudgesItself(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "Your unit is addressed by this directive; another centre judges the result."
    zh = "您所在单位是受令单位,不能由本单位验收。"


class MeetingNotYet(Refusal):
    code = "MEETING_NOT_YET"
    en = "The meeting has not taken place yet."
    zh = "会议尚未召开。"


class AttendanceIncomplete(Refusal):
    code = "ATTENDANCE_INCOMPLETE"
    en = "Say of every one expected whether it was present; missing: {posts}."
    zh = "须逐一登记应到者到会情况,缺:{posts}。"


class FollowUpsOpen(Refusal):
    code = "FOLLOW_UPS_OPEN"
    en = "Not every follow-up is done: {count} open."
    zh = "尚有{count}项后续任务未完成。"


class FollowUpDone(Refusal):
    code = "FOLLOW_UP_DONE"
    en = "This follow-up is done already."
    zh = "该后续任务已完成。"


class UnknownPeriod(Refusal):
    code = "UNKNOWN_PERIOD"
    en = "There is no period {period} to attest."
    zh = "没有可承诺的周期{period}。"


class AlreadyAttested(Refusal):
    code = "ALREADY_ATTESTED"
    en = "Your post has attested this period already."
    zh = "您的岗位已就该周期作出承诺。"


class BreachStateForbids(Refusal):
    code = "BREACH_STATE_FORBIDS"
    en = "A breach that is {state} cannot be {command}."
    zh = "违纪线索处于“{state_zh}”状态,不能{command_zh}。"


class BreachOwnUnit(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "A unit does not judge a breach of its own."
    zh = "单位不得核查处理本单位的违纪线索。"
