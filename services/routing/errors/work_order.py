"""Refusals of commands on work orders."""

from services.chassis.errors import Refusal


class OrderStateForbids(Refusal):
    code = "ORDER_STATE_FORBIDS"
    en = "An order that is {state} cannot be {command}."
    zh = "工单处于“{state_zh}”状态,不能{command_zh}。"


class OrderNotYours(Refusal):
    code = "ORDER_NOT_YOURS"
    en = "Another unit leads this order."
    zh = "该工单由其他单位牵头。"


class VerifierHandledOrder(Refusal):
    code = "VERIFIER_HANDLED_ORDER"
    en = "The unit that handled an order does not verify it."
    zh = "承办单位不得审核自己办理的工单。"


class ReturnLimitReached(Refusal):
    code = "RETURN_LIMIT_REACHED"
    en = "The order was returned {limit} times; the centre's dispatch is binding now."
    zh = "该工单已退回{limit}次,中心的派单为最终裁定,不得再退。"


class DispatchedToReturner(Refusal):
    code = "DISPATCHED_TO_RETURNER"
    en = "This post has just returned the order; dispatch it to another."
    zh = "该岗位刚退回此工单,请改派其他岗位。"


class EvidenceMissing(Refusal):
    code = "EVIDENCE_MISSING"
    en = "Evidence is required, or the reason why there is none."
    zh = "须提交办理凭证,或说明无凭证的理由。"


class TooMuchEvidence(Refusal):
    code = "TOO_MUCH_EVIDENCE"
    en = "No more than {limit} pieces of evidence."
    zh = "凭证不得超过{limit}件。"
