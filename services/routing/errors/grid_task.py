"""Refusals of commands on tasks of a grid."""

from services.chassis.errors import Refusal


class GridTaskStateForbids(Refusal):
    code = "GRID_TASK_STATE_FORBIDS"
    en = "A task of a grid that is {state} cannot be completed."
    zh = "网格任务处于“{state_zh}”状态,不能登记完成。"


class GridTaskTooLate(Refusal):
    code = "GRID_TASK_TOO_LATE"
    en = "The task was to be done by {due}; it counts as missed."
    zh = "该任务应于{due}前完成,现已记为漏巡。"


class PhotoMissing(Refusal):
    code = "PHOTO_MISSING"
    en = "A photo is required."
    zh = "须提交照片。"


class PlanEnded(Refusal):
    code = "PLAN_ENDED"
    en = "The plan has ended."
    zh = "该计划已终止。"
