"""A version of the routing rules, and what changed between two."""

from collections.abc import Iterator, Sequence

import msgspec

from services.routing.events.rule_set import RuleSetActivated, RuleSetDrafted, RuleSetSuperseded
from services.routing.model.organisation.organisation import Rule
from services.routing.model.rules.configuration import Configuration


class RuleSet(Configuration[tuple[Rule, ...]], kw_only=True):
    """The whole set of routing rules, in one version."""

    prefix = "ruleset"
    announce_draft = RuleSetDrafted
    announce_activation = RuleSetActivated
    announce_end = RuleSetSuperseded


class RuleChange(msgspec.Struct, frozen=True, kw_only=True):
    """A rule before and after: without `before` it was added, without `after` removed; `fields` are the changed ones."""

    rule_id: str
    before: Rule | None
    after: Rule | None
    fields: tuple[str, ...] = ()


def rule_changes(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[RuleChange]:
    """What changed, by the order of the rules; equal rules are left out."""
    old, new = ({rule.id: rule for rule in rules} for rules in (before, after))
    for rule in sorted({**old, **new}.values(), key=lambda rule: rule.order):
        was, now = old.get(rule.id), new.get(rule.id)
        if was == now:
            continue
        fields = (
            tuple(name for name in Rule.__struct_fields__ if getattr(was, name) != getattr(now, name))
            if was and now
            else ()
        )
        yield RuleChange(rule_id=rule.id, before=was, after=now, fields=fields)
