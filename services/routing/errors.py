"""Why routing may refuse.

Refusal
├── OrderStateForbids        the order's state does not allow the command
├── OrderNotYours            only the post (or unit) that leads the order may do this
├── RoleMissing              the caller's role does not permit it
├── VerifierHandledOrder     whoever handled an order does not verify it
├── ReturnLimitReached       returned twice; the centre has decided, its dispatch is binding
├── DispatchedToReturner     the post that returned the order does not get it back
├── TextMissing              a basis, a reason or a reply is required
├── TextTooLong
├── EvidenceMissing          neither evidence nor a reason for having none
├── TooMuchEvidence
└── UnknownPost              no such post in force
StoreError
└── OrganisationNotLoaded    nothing can be routed until an organisation is loaded
LoadRefused                  a file cannot be loaded; the text lists why
"""

from collections.abc import Sequence

from services.chassis.errors import Refusal, Unavailable


class OrderStateForbids(Refusal):
    code = "ORDER_STATE_FORBIDS"
    en = "An order that is {state} cannot be {command}."
    zh = "工单处于“{state_zh}”状态,不能{command_zh}。"


class OrderNotYours(Refusal):
    code = "ORDER_NOT_YOURS"
    en = "Another unit leads this order."
    zh = "该工单由其他单位牵头。"


class RoleMissing(Refusal):
    code = "ROLE_MISSING"
    en = "Your role does not permit this; it is for: {roles}."
    zh = "您的角色无权办理,须为:{roles}。"


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


class TextMissing(Refusal):
    code = "TEXT_MISSING"
    en = "A text is required: {what}."
    zh = "必须填写:{what_zh}。"


class TextTooLong(Refusal):
    code = "TEXT_TOO_LONG"
    en = "The text is longer than {limit} characters."
    zh = "文字超过{limit}字。"


class EvidenceMissing(Refusal):
    code = "EVIDENCE_MISSING"
    en = "Evidence is required, or the reason why there is none."
    zh = "须提交办理凭证,或说明无凭证的理由。"


class TooMuchEvidence(Refusal):
    code = "TOO_MUCH_EVIDENCE"
    en = "No more than {limit} pieces of evidence."
    zh = "凭证不得超过{limit}件。"


class UnknownPost(Refusal):
    code = "UNKNOWN_POST"
    en = "There is no post {post}."
    zh = "没有岗位{post}。"


class OrganisationNotLoaded(Unavailable):
    """Nothing can be routed yet: no rules and no posts are loaded. The event waits."""


class LoadRefused(Exception):
    """The file cannot be loaded; `problems` say what is wrong and where."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))
