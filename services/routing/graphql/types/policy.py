"""Versions of the policy: the clocks and ladders to read, the whole as data to keep and to change."""

from datetime import datetime, timedelta
from typing import Self

import msgspec
import strawberry
from strawberry.scalars import JSON

from services.chassis.graphql.errors import UserError, user_error
from services.routing.graphql.context import Info
from services.routing.graphql.types.configuration import Activation, ConfigurationAuthor
from services.routing.handlers.rules.policy import problems_of
from services.routing.model.clock.clocks import ClockKind
from services.routing.model.rules import policy as model
from services.routing.model.rules.configuration import ConfigurationState
from services.routing.model.rules.policy_version import PolicyVersion
from services.routing.store.category import known_codes


@strawberry.type(description="What is asked of a clock, for which matters. 时限规则。")
class PolicyClock:
    kind: str = strawberry.field(description="accept, arrive, first_report, resolve, confirm, respond. 时钟。")
    within: str = strawberry.field(description="ISO 8601 duration, in the time of the calendar. 时限。")
    warn_before: str | None
    calendar: str
    pausable: bool
    ladder: str | None = strawberry.field(description="What a breach starts. 超时启动的阶梯。")
    when: JSON = strawberry.field(description="Which matters; the first rule that fits holds. 适用条件。")

    @classmethod
    def of(cls, rule: model.ClockRule) -> Self:
        """The rule as GraphQL shows it."""
        target = rule.target
        return cls(
            kind=ClockKind(rule.kind).value,
            within=_duration(target.within),
            warn_before=_duration(target.warn_before) if target.warn_before else None,
            calendar=target.calendar,
            pausable=target.pausable,
            ladder=target.ladder,
            when=JSON(msgspec.to_builtins(rule.when)),
        )


@strawberry.type(description="A version of the policy; number 0 is what holds before any is loaded. 政策版本。")
class Policy:
    id: strawberry.ID | None
    number: int
    state: ConfigurationState
    note: str
    drafted_at: datetime | None
    author: ConfigurationAuthor | None
    activations: list[Activation]
    _policy: strawberry.Private[model.Policy]

    @strawberry.field(description="In their order. 时限规则,按顺序。")
    def clocks(self) -> list[PolicyClock]:
        return [PolicyClock.of(rule) for rule in self._policy.clocks]

    @strawberry.field(description="The whole, as draftPolicy and load-policy take it. 全部内容。")
    def content(self) -> JSON:
        return JSON(model.as_data(self._policy))

    @strawberry.field(description="What keeps it from being used with the present organisation. 现存问题。")
    async def problems(self, info: Info) -> list[UserError]:
        context = info.context
        found = problems_of(self._policy, context.directory, await known_codes(context.store.mongo) or None)
        return [user_error(problem, context.language) for problem in found]

    @classmethod
    def of(cls, one: PolicyVersion) -> Self:
        """The version as GraphQL shows it."""
        return cls(
            id=strawberry.ID(one.id),
            number=one.number,
            state=one.state,
            note=one.note,
            drafted_at=one.drafted_at,
            author=ConfigurationAuthor.of(one.drafted_by),
            activations=[Activation.of(activation) for activation in one.activations],
            _policy=one.content,
        )

    @classmethod
    def by_default(cls) -> Self:
        """What holds before any version is in force."""
        return cls(
            id=None,
            number=0,
            state=ConfigurationState.ACTIVE,
            note="",
            drafted_at=None,
            author=None,
            activations=[],
            _policy=model.DEFAULT_POLICY,
        )


def _duration(value: timedelta) -> str:
    return str(msgspec.to_builtins(value))
