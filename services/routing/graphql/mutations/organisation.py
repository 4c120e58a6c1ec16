"""Import the organisation as a file; for the operator."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from services.chassis.graphql.errors import UserError, user_error
from services.routing.errors.boundaries import FileProblem
from services.routing.errors.organisation import LoadRefused
from services.routing.graphql.context import Info
from services.routing.graphql.mutations.outcome import KEY, outcome
from services.routing.graphql.types.organisation_import import OrganisationImport
from services.routing.handlers.organisation.exchange import import_organisation


@strawberry.type
class OrganisationImportPayload:
    """What the file changed, or would change; null when refused. 导入结果,被拒绝时为空。"""

    organisation_import: OrganisationImport | None
    errors: list[UserError]


@strawberry.input
class SuccessorInput:
    post_id: strawberry.ID = strawberry.field(description="A post that is not in the file. 将撤销的岗位。")
    successor_id: strawberry.ID = strawberry.field(description="Takes over what it owes. 接续其全部职责的岗位。")


@strawberry.input
class ImportOrganisationInput:
    idempotency_key: str = strawberry.field(description=KEY)
    organisation: JSON = strawberry.field(description="As `organisationExport` gives it. 组织文件内容。")
    dry_run: bool = strawberry.field(default=False, description="Change nothing, say what would. 仅试算。")
    successors: list[SuccessorInput] = strawberry.field(default_factory=list)


@strawberry.type
class OrganisationMutations:
    @strawberry.mutation(
        description="Bring the whole organisation in step with a file; what is not in it is retired. 导入组织文件。"
    )
    async def import_organisation(
        self, info: Info, given: Annotated[ImportOrganisationInput, strawberry.argument(name="input")]
    ) -> OrganisationImportPayload:
        c = info.context
        doing = import_organisation(
            *(c.store, c.live_directory, c.viewer, given.idempotency_key, given.organisation),
            {pair.post_id: pair.successor_id for pair in given.successors},
            dry_run=given.dry_run,
        )
        try:
            done, errors = await outcome(info, doing)
        except LoadRefused as refused:
            problems = (FileProblem(path=("organisation",), problem=problem) for problem in refused.problems)
            done, errors = None, [user_error(problem, c.language) for problem in problems]
        return OrganisationImportPayload(
            organisation_import=OrganisationImport.of(done) if done else None, errors=errors
        )
