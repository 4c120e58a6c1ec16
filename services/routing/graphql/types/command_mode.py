"""The mode of command of an area, and its history."""

from datetime import datetime
from typing import Self

import strawberry

from services.routing.graphql.context import Info
from services.routing.graphql.types.area import Area, area_of
from services.routing.graphql.types.matter import Mode
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.rules import command_mode as model


@strawberry.type(description="One change of mode. 平急转换记录。")
class ModeSwitch:
    at: datetime
    mode: Mode
    reason: str
    _switch: strawberry.Private[model.Switch]

    @strawberry.field(description="Who switched. 操作岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._switch.by.post)


@strawberry.type(description="Peacetime or emergency command of an area. 区域平急状态。")
class CommandMode:
    id: strawberry.ID
    mode: Mode = strawberry.field(description="The area's own; one above it may be in emergency. 本区域状态。")
    switched_at: datetime
    switches: list[ModeSwitch] = strawberry.field(description="Oldest first. 转换记录,按时间。")
    _one: strawberry.Private[model.CommandMode]

    @strawberry.field(description="区域。")
    def area(self, info: Info) -> Area | None:
        return area_of(info.context, self._one.area_id)

    @classmethod
    def of(cls, one: model.CommandMode) -> Self:
        """The mode as GraphQL shows it."""
        assert one.switched_at  # only what was switched is stored
        return cls(
            id=strawberry.ID(one.id),
            mode=one.mode,
            switched_at=one.switched_at,
            switches=[ModeSwitch(at=s.at, mode=s.mode, reason=s.reason, _switch=s) for s in one.switches],
            _one=one,
        )
