"""Refusals of commands on campaigns, inspection tasks and hazards."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class CampaignStateForbids(Refusal):
    code = "CAMPAIGN_STATE_FORBIDS"
    en = "A campaign that is {state} cannot be {command}."
    zh = "专项行动处于“{state_zh}”状态,不能{command_zh}。"


class TaskStateForbids(Refusal):
    code = "TASK_STATE_FORBIDS"
    en = "A task that is {state} cannot be {command}."
    zh = "任务处于“{state_zh}”状态,不能{command_zh}。"


class HazardStateForbids(Refusal):
    code = "HAZARD_STATE_FORBIDS"
    en = "A hazard that is {state} cannot be {command}."
    zh = "隐患处于“{state_zh}”状态,不能{command_zh}。"


class UnknownTemplate(Refusal):
    code = "UNKNOWN_TEMPLATE"
    en = "There is no template {template}."
    zh = "没有模板{template}。"


class NoTargets(Refusal):
    code = "NO_TARGETS"
    en = "A campaign without targets cannot begin."
    zh = "没有对象清单,专项行动不能启动。"


class TooManyTargets(Refusal):
    code = "TOO_MANY_TARGETS"
    en = "A campaign has no more than {limit} targets."
    zh = "专项行动的对象不得超过{limit}个。"


class NobodyForTarget(Refusal):
    code = "NOBODY_FOR_TARGET"
    en = "No post works at {target}; name one."
    zh = "{target}没有对应岗位,请指定。"


class TasksStillOpen(Refusal):
    code = "TASKS_STILL_OPEN"
    en = "{count} tasks of the campaign are not done."
    zh = "专项行动还有{count}项任务未完成。"


class ChecklistNotAnswered(Refusal):
    code = "CHECKLIST_NOT_ANSWERED"
    en = "The checklist is answered item by item, each once; wrong or missing: {items}."
    zh = "检查清单须逐项填写一次,有误或缺少:{items}。"


class ItemNeedsEvidence(Refusal):
    code = "ITEM_NEEDS_EVIDENCE"
    en = "This item needs evidence: {item}."
    zh = "该检查项须附凭证:{item}。"


class ItemsNotMet(Refusal):
    code = "ITEMS_NOT_MET"
    en = "Not clean: {items}."
    zh = "存在不合格项,不能判为合格:{items}。"


class VisitNeedsCompany(Refusal):
    code = "VISIT_NEEDS_COMPANY"
    en = "Who else took part must be named for this kind of visit."
    zh = "该走访方式须填写参加单位或带队岗位。"


class RecheckerRectified(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "Who rectified a hazard does not re-check it."
    zh = "整改单位不得复查自己整改的隐患。"


class DueInThePast(Refusal):
    code = "DUE_IN_THE_PAST"
    en = "The date has passed."
    zh = "该时限已过。"
