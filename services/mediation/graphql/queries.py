"""What mediation can be asked."""

import strawberry

from services.chassis.graphql.connection import Connection, page
from services.mediation import views
from services.mediation.graphql.enums import model
from services.mediation.graphql.types import Info, MediationCase, MediationRoom
from services.mediation.store import CASES


@strawberry.input
class MediationCaseFilter:
    """Which cases; what is left out does not narrow. 案件筛选条件。"""

    state: model.State | None = None
    dispute_type: model.DisputeType | None = None
    room: strawberry.ID | None = strawberry.field(default=None, description="The room's post. 调解室岗位。")
    mediator: strawberry.ID | None = strawberry.field(default=None, description="The mediator's post. 调解员岗位。")
    mine: bool = strawberry.field(
        default=False, description="Only cases that concern me as a person or that I conduct. 仅与本人有关的案件。"
    )


@strawberry.type
class Query:
    """Questions about cases. 查询。"""

    @strawberry.field(description="One case, null when it is not there for the caller. 单个案件。")
    async def mediation_case(self, info: Info, id: strawberry.ID) -> MediationCase | None:
        case = await info.context.cases.load(id)
        return MediationCase.of(case, info.context.viewer) if case else None

    @strawberry.field(
        description="Cases of the caller's area for staff, the own ones for everyone else; newest first. 案件列表。"
    )
    async def mediation_cases(
        self,
        info: Info,
        filter: MediationCaseFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[MediationCase]:
        viewer = info.context.viewer
        given = filter or MediationCaseFilter()
        query = views.CaseQuery(
            state=given.state,
            dispute_type=given.dispute_type,
            room=given.room,
            mediator=given.mediator,
            mine=given.mine,
        )
        return await page(
            info.context.store.mongo,
            CASES.collection.name,
            views.where(viewer, query),
            lambda document: MediationCase.of(CASES.from_document(document), viewer),
            first=first,
            after=after,
            order_by="registered_at",
        )

    @strawberry.field(description="The record of a mediation room, for staff. 调解室办理情况(工作人员可见)。")
    async def mediation_room(self, info: Info, post: strawberry.ID) -> MediationRoom | None:
        record = await views.room_record(info.context.store.mongo, info.context.viewer, post)
        return MediationRoom.of(record) if record else None
