"""Refusals of commands on meetings and their series."""

from services.chassis.errors import Refusal


class MeetingStateForbids(Refusal):
    code = "MEETING_STATE_FORBIDS"
    en = "A meeting that is {state} cannot be {command}."
    zh = "会议处于“{state_zh}”状态,不能{command_zh}。"


class ItemsUnsettled(Refusal):
    code = "ITEMS_UNSETTLED"
    en = "Every item needs an outcome before the meeting closes; {count} have none."
    zh = "会议办结前每项须有结论,尚有{count}项未定。"


class ScheduleWrong(Refusal):
    code = "SCHEDULE_WRONG"
    en = "A daily list and a weekly meeting need weekdays from 1 (Monday) to 7 and a time such as 08:30."
    zh = "日督导、周调度须设定星期(1至7)和时间,例如 08:30。"


class MembersMissing(Refusal):
    code = "MEMBERS_MISSING"
    en = "A joint conference needs member units, named or those of a series."
    zh = "联席会议须指定成员单位,或沿用既定成员名单。"


class SeriesEnded(Refusal):
    code = "SERIES_ENDED"
    en = "This series of meetings has ended."
    zh = "该例会已停止。"


class DecisionNeedsOrder(Refusal):
    code = "DECISION_NEEDS_ORDER"
    en = "A decision is carried out by an order: name one that is open, or the post that shall get a new one; not both."
    zh = "会议决定须落到工单:指定在办工单,或指定承办岗位新开工单,二者择一。"
