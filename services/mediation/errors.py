"""Why mediation may refuse.

Refusal
├── WrongStep               the case's state does not permit the step
├── AlreadyOpen             the report has an open case
├── NotTheMediator          only the mediator who conducts the case may do this
├── NotForParties           a party asks for what is not a party's to do
├── MediatorIsParty         the mediator takes part in the dispute
├── ReasonRequired          a change of mediator needs its reason
├── TwoSidesNeeded          no mediation without an applicant and a respondent
├── ConsentMissing          a party has not consented
├── SessionNotMixed         a joint session needs both sides, a caucus one
├── RemediesRequired        a failed mediation tells what remedies are left
├── WhereToGoRequired       who is turned away is told where to go
├── AlreadySigned           this signature is there
├── AlreadyFulfilled        this obligation is met
└── NotYetDue               no obligation is overdue
"""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class WrongStep(Refusal):
    code = "WRONG_STEP"
    en = "A case in state {state} does not permit this step."
    zh = "案件当前状态({state})不能办理此步骤。"


class AlreadyOpen(Refusal):
    code = "CASE_ALREADY_OPEN"
    en = "This report already has an open case, {number}."
    zh = "该诉求已有在办案件:{number}。"


class NotTheMediator(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Only the mediator who conducts the case may do this."
    zh = "只有承办该案的调解员可以办理。"


class NotForParties(NotAllowed):
    reason = NotAllowedReason.INVOLVED
    en = "This is not for a party to do."
    zh = "当事人不能办理此事项。"


class MediatorIsParty(Refusal):
    code = "MEDIATOR_IS_PARTY"
    en = "The mediator takes part in this dispute; choose another."
    zh = "调解员与本案有利害关系,应当回避。"


class ReasonRequired(Refusal):
    code = "REASON_REQUIRED"
    en = "Give the reason."
    zh = "请说明理由。"


class TwoSidesNeeded(Refusal):
    code = "TWO_SIDES_NEEDED"
    en = "Mediation needs an applicant and a respondent."
    zh = "调解须有申请人和被申请人。"


class ConsentMissing(Refusal):
    code = "CONSENT_MISSING"
    en = "Not every party has consented to mediation."
    zh = "尚有当事人未同意调解。"


class SessionNotMixed(Refusal):
    code = "SESSION_ATTENDANCE"
    en = "A joint session needs both sides, a caucus exactly one."
    zh = "联席调解须双方到场,背对背调解只能一方在场。"


class RemediesRequired(Refusal):
    code = "REMEDIES_REQUIRED"
    en = "Tell the parties which remedies are left."
    zh = "调解不成的,应当告知当事人救济途径。"


class WhereToGoRequired(Refusal):
    code = "WHERE_TO_GO_REQUIRED"
    en = "Tell the parties where to go."
    zh = "请告知当事人应向哪里提出。"


class AlreadySigned(Refusal):
    code = "ALREADY_SIGNED"
    en = "This signature is already there."
    zh = "该方已签字。"


class AlreadyFulfilled(Refusal):
    code = "ALREADY_FULFILLED"
    en = "This obligation is already fulfilled."
    zh = "该项义务已履行。"


class NotYetDue(Refusal):
    code = "NOT_YET_DUE"
    en = "No obligation is overdue."
    zh = "没有逾期未履行的义务。"
