"""Refusals of commands on calls."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class CallStateForbids(Refusal):
    code = "CALL_STATE_FORBIDS"
    en = "A call that is {state} cannot be {command}."
    zh = "呼叫处于“{state_zh}”状态,不能{command_zh}。"


class NotCalled(Refusal):
    code = "NOT_CALLED"
    en = "Your post is not called, or has answered already."
    zh = "您的岗位未被呼叫,或已经响应。"


class NotTheCaller(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Only the organ that called may do this."
    zh = "只有呼叫单位可以办理。"


class CallNotHigher(Refusal):
    code = "CALL_NOT_HIGHER"
    en = "A call is raised to a level above those called: nobody above {level} is left, or the level is not higher."
    zh = "提级呼叫须高于现有层级({level})。"


class RungNotReleased(NotAllowed):
    reason = NotAllowedReason.RANK
    en = "Only a called post above, the organ that called or the centre releases a called post."
    zh = "只有更高层级的被呼叫岗位、呼叫单位或中心可以解除责任。"


class RatedAlready(Refusal):
    code = "RATED_ALREADY"
    en = "This was rated already; each is rated once."
    zh = "已评价,每项只能评价一次。"


class NothingToRate(Refusal):
    code = "NOTHING_TO_RATE"
    en = "There is nothing to rate yet."
    zh = "尚无可评价的内容。"


class MarkOutOfRange(Refusal):
    code = "MARK_OUT_OF_RANGE"
    en = "A mark is 1 to 5."
    zh = "评分须为1至5分。"


class OrderStillOpen(Refusal):
    code = "ORDER_STILL_OPEN"
    en = "The order of this matter is still open."
    zh = "该事项的工单尚未办结。"


class AlreadyCalled(Refusal):
    code = "ALREADY_CALLED"
    en = "The report is a call already; raise it."
    zh = "该诉求已是呼叫,请提级。"
