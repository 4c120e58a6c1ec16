"""What mediation can be told: each mutation and the handler it calls. What they take is in `inputs.py`."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Annotated

import strawberry

from services.chassis.errors import Refusal
from services.chassis.graphql.errors import UserError, user_error
from services.chassis.unit_of_work import Command
from services.mediation import handlers, model
from services.mediation.graphql import inputs
from services.mediation.graphql.types import Info, MediationCase
from services.mediation.handlers import Asked

_INPUT = strawberry.argument(name="input")


@strawberry.type
class MediationCasePayload:
    """The changed case, null when refused, and why. 办理结果。"""

    mediation_case: MediationCase | None
    errors: list[UserError]


async def _do(
    info: Info, given: inputs.Input, handle: Callable[[Asked], Awaitable[model.MediationCase]]
) -> MediationCasePayload:
    viewer = info.context.viewer
    command = Command.of(viewer.person, type(given).__name__, given.idempotency_key, dataclasses.asdict(given))
    try:
        case = await handle(Asked(info.context.store, viewer, command))
    except Refusal as refusal:
        return MediationCasePayload(mediation_case=None, errors=[user_error(refusal, info.context.language)])
    return MediationCasePayload(mediation_case=MediationCase.of(case, viewer), errors=[])


@strawberry.type
class Mutation:
    """Commands. 命令。"""

    @strawberry.field(description="Open a case without a report. 登记案件。")
    async def register_mediation_case(
        self, info: Info, given: Annotated[inputs.RegisterMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info,
            given,
            lambda asked: handlers.register_case(asked, given.new_case(given.origin, given.room, given.commission)),
        )

    @strawberry.field(description="Record a light case settled orally where it arose (grid attendants too). 当场调解。")
    async def settle_on_the_spot(
        self, info: Info, given: Annotated[inputs.SettleOnTheSpotInput, _INPUT]
    ) -> MediationCasePayload:
        async def settle(asked: Asked) -> model.MediationCase:
            new, obligations = given.settlement()
            return await handlers.settle_on_the_spot(asked, new, given.terms, obligations)

        return await _do(info, given, settle)

    @strawberry.field(description="Somebody joins the case. 追加当事人。")
    async def add_mediation_party(
        self, info: Info, given: Annotated[inputs.AddMediationPartyInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.add_party(asked, given.case_id, given.party.party()))

    @strawberry.field(description="Look into the case before deciding. 开始审查。")
    async def begin_mediation_screening(
        self, info: Info, given: Annotated[inputs.BeginMediationScreeningInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.begin_screening(asked, given.case_id))

    @strawberry.field(description="The dispute is fit for mediation; one month runs from now. 受理。")
    async def accept_mediation_case(
        self, info: Info, given: Annotated[inputs.AcceptMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.accept_case(asked, given.case_id, given.risk))

    @strawberry.field(description="Not for mediation; say where to go. 不予受理。")
    async def decline_mediation_case(
        self, info: Info, given: Annotated[inputs.DeclineMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info, given, lambda asked: handlers.decline_case(asked, given.case_id, given.reason, given.advice.advice())
        )

    @strawberry.field(description="Hand over to another body. 移送。")
    async def refer_mediation_case(
        self, info: Info, given: Annotated[inputs.ReferMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info,
            given,
            lambda asked: handlers.refer_case(asked, given.case_id, given.body, given.advice.advice(), given.receipt),
        )

    @strawberry.field(description="The other body returned the case. 退回续调。")
    async def take_back_mediation_case(
        self, info: Info, given: Annotated[inputs.TakeBackMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.take_back_case(asked, given.case_id, given.result))

    @strawberry.field(description="A party's yes or no to mediation. 当事人是否同意调解。")
    async def record_mediation_consent(
        self, info: Info, given: Annotated[inputs.RecordMediationConsentInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info, given, lambda asked: handlers.record_consent(asked, given.case_id, given.party_id, given.given)
        )

    @strawberry.field(description="A party stops, at any time before an agreement binds. 当事人终止调解。")
    async def stop_mediation(
        self, info: Info, given: Annotated[inputs.StopMediationInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.stop_mediation(asked, given.case_id, given.party_id))

    @strawberry.field(description="Give the case to a mediator who is no party to it. 指定调解员。")
    async def assign_mediator(
        self, info: Info, given: Annotated[inputs.AssignMediatorInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info, given, lambda asked: handlers.assign_mediator(asked, given.case_id, given.mediator(), given.reason)
        )

    @strawberry.field(description="Enter a sitting. 记录调解场次。")
    async def hold_mediation_session(
        self, info: Info, given: Annotated[inputs.HoldMediationSessionInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.hold_session(asked, given.case_id, given.session()))

    @strawberry.field(description="Pause the case. 中止。")
    async def adjourn_mediation_case(
        self, info: Info, given: Annotated[inputs.AdjournMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.adjourn_case(asked, given.case_id, given.until))

    @strawberry.field(
        description="What the parties settled: oral binds at once, written when all have signed. 达成协议。"
    )
    async def record_mediation_agreement(
        self, info: Info, given: Annotated[inputs.RecordMediationAgreementInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info,
            given,
            lambda asked: handlers.record_agreement(
                asked, given.case_id, given.form, given.terms, [one.obligation(one.party) for one in given.obligations]
            ),
        )

    @strawberry.field(description="A signature under the written agreement. 签字。")
    async def sign_mediation_agreement(
        self, info: Info, given: Annotated[inputs.SignMediationAgreementInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.sign_agreement(asked, given.case_id, given.party_id))

    @strawberry.field(description="Accept the proof that an obligation is met. 确认履行。")
    async def fulfil_mediation_obligation(
        self, info: Info, given: Annotated[inputs.FulfilMediationObligationInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(
            info,
            given,
            lambda asked: handlers.fulfil_obligation(asked, given.case_id, given.obligation_id, given.proof),
        )

    @strawberry.field(description="An obligation is overdue. 报告违约。")
    async def report_mediation_breach(
        self, info: Info, given: Annotated[inputs.ReportMediationBreachInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.report_breach(asked, given.case_id))

    @strawberry.field(description="End the mediation and tell the remedies. 调解不成。")
    async def fail_mediation_case(
        self, info: Info, given: Annotated[inputs.FailMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.fail_case(asked, given.case_id, given.advice.advice()))

    @strawberry.field(description="Close the file. 归档。")
    async def archive_mediation_case(
        self, info: Info, given: Annotated[inputs.ArchiveMediationCaseInput, _INPUT]
    ) -> MediationCasePayload:
        return await _do(info, given, lambda asked: handlers.archive_case(asked, given.case_id, given.result))
