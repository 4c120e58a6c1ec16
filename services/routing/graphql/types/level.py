"""The rungs of the ladder, for every type that shows one."""

import strawberry

from services.routing.model.organisation.organisation import PostLevel

__all__ = ["PostLevel"]

strawberry.enum(PostLevel, name="PostLevel", description="The rung of the ladder a post answers on. 岗位层级。")
