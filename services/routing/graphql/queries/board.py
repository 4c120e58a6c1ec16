"""The centre's board."""

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.board import CentreBoard, board_of


@strawberry.type
class BoardQueries:
    @strawberry.field(
        description="The board of a command centre: of the caller's area, or of one below it. 指挥中心看板。"
    )
    def centre_board(self, info: Info, area: strawberry.ID | None = None) -> CentreBoard:
        return board_of(info.context, area)
