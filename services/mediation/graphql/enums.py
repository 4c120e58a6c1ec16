"""The model's closed sets, named and described as GraphQL enums. Inputs and types take `model` from here, so that it is done first."""

import strawberry

from services.mediation import model

__all__ = ["model"]

for _enum, _name, _description in (
    # These two are intake's as well: the same values under the same name.
    (model.DisputeType, "DisputeType", "The type of a dispute. 纠纷类型。"),
    (model.Sensitivity, "Sensitivity", "Who may know of it. 敏感级别。"),
    # These are ours, under names that cannot meet another subgraph's.
    (model.State, "MediationState", "Where the case is in the process. 案件所处环节。"),
    (model.Outcome, "MediationOutcome", "With what result. 办理结果。"),
    (model.Origin, "MediationOrigin", "What brought the case. 案件来源。"),
    (model.Risk, "MediationRisk", "Risk grade. 风险等级(红橙黄蓝)。"),
    (model.PartyKind, "MediationPartyKind", "Person, group, firm or body. 当事人类型。"),
    (model.PartyRole, "MediationPartyRole", "On which side. 申请人、被申请人或第三人。"),
    (model.SessionKind, "MediationSessionKind", "Joint, with one side alone, on site. 联席、背对背、现场。"),
    (model.AgreementForm, "MediationAgreementForm", "Oral or written. 口头或书面协议。"),
    (model.Remedy, "MediationRemedy", "What is open after mediation. 救济途径。"),
    (model.Body, "MediationReferralBody", "Where a case may be referred. 移送单位。"),
    (model.DeclineReason, "MediationDeclineReason", "Why a case is not for mediation. 不予受理理由。"),
):
    strawberry.enum(_enum, name=_name, description=_description)
