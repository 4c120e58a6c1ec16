"""Refusals of commands on the steps of departments."""

from services.chassis.errors import Refusal


class StepReported(Refusal):
    code = "STEP_REPORTED"
    en = "The step {reference} of this order was reported already."
    zh = "该工单的环节{reference}已上报。"


class StepEnded(Refusal):
    code = "STEP_ENDED"
    en = "The step has ended."
    zh = "该环节已结束。"


class StepTimesWrong(Refusal):
    code = "STEP_TIMES_WRONG"
    en = "A step begins before it ends, and neither lies in the future."
    zh = "环节须先开始后结束,且不得晚于当前时间。"
