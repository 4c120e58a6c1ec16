"""Enums that several types show; importing this module registers them."""

import strawberry

from services.routing.model.organisation import PostLevel

strawberry.enum(PostLevel, name="PostLevel", description="The rung of the ladder a post answers on. 岗位层级。")

__all__ = ["PostLevel"]
