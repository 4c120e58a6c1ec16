"""What an import of the organisation changed."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.model.organisation import imported as model


@strawberry.type(description="Records of a kind. 某类记录的变更数。")
class OrganisationChange:
    kind: str
    added: int
    changed: int
    retired: int


@strawberry.type(description="An import of the organisation, or its dry run. 组织文件导入(或试算)。")
class OrganisationImport:
    changes: list[OrganisationChange] = strawberry.field(description="Empty when nothing changed. 无变更时为空。")
    warnings: list[str] = strawberry.field(description="Worth a look and no reason to refuse. 提示。")
    orders_moved: int = strawberry.field(description="Open orders that lie in another area. 变更归属的在办工单数。")
    orders_handed_over: int = strawberry.field(description="Open orders with another lead. 变更牵头的在办工单数。")
    dry_run: bool
    at: datetime

    @classmethod
    def of(cls, done: model.OrganisationImport) -> Self:
        """The import as GraphQL shows it."""
        return cls(
            changes=[
                OrganisationChange(kind=one.kind, added=one.added, changed=one.changed, retired=one.retired)
                for one in done.changes
            ],
            warnings=list(done.warnings),
            orders_moved=done.orders_moved,
            orders_handed_over=done.orders_handed_over,
            dry_run=done.dry_run,
            at=done.at,
        )
