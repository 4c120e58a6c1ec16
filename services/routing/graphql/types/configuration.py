"""What versions of rules and of policy have in common."""

from datetime import datetime
from typing import Self

import strawberry

from services.chassis.events import Actor
from services.routing.graphql.context import Info
from services.routing.graphql.types.post import Post, post_of
from services.routing.model.rules import configuration as model
from services.routing.model.rules.configuration import ConfigurationState

strawberry.enum(ConfigurationState, name="ConfigurationState", description="草稿、施行中、已被取代。")


@strawberry.type(description="Who did it: a post, or a load from a file. 操作者。")
class ConfigurationAuthor:
    by_load: bool = strawberry.field(description="The system, out of a loaded file. 由文件载入。")
    _by: strawberry.Private[Actor]

    @strawberry.field(description="岗位。")
    def post(self, info: Info) -> Post | None:
        return post_of(info.context, self._by.post)

    @classmethod
    def of(cls, by: Actor) -> Self:
        """The author as GraphQL shows it."""
        return cls(by_load=by.person is None, _by=by)


@strawberry.type(description="A time in force. 施行记录。")
class Activation:
    at: datetime
    until: datetime | None
    reason: str
    author: ConfigurationAuthor

    @classmethod
    def of(cls, activation: model.Activation) -> Self:
        """The time as GraphQL shows it."""
        author = ConfigurationAuthor.of(activation.by)
        return cls(at=activation.at, until=activation.until, reason=activation.reason, author=author)
