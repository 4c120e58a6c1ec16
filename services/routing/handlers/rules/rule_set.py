"""Commands on rule sets."""

from collections.abc import Iterable, Sequence

from services.chassis.errors import Refusal
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store
from services.routing.directory import LiveDirectory
from services.routing.handlers.rules import configuration
from services.routing.model.organisation.directory import Directory
from services.routing.model.organisation.organisation import Rule
from services.routing.model.rules.rule_set import RuleSet
from services.routing.model.rules.rules import rule_problems
from services.routing.store.configuration import RULE_SETS


async def draft_rule_set(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, rules: Sequence[Rule], note: str | None
) -> RuleSet:
    """A whole set as a draft. Raises RoleMissing, ConfigurationUnusable with every problem and its path into the input."""
    return await configuration.draft(
        store=store,
        directory=directory,
        spec=RULE_SETS,
        problems=problems_of,
        caller=caller,
        key=key,
        content=tuple(rules),
        note=note,
    )


async def activate_rule_set(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, version_id: str, reason: str
) -> RuleSet:
    """Route by this set from now on. Raises RoleMissing, ConfigurationInForce, ConfigurationUnusable."""
    return await configuration.activate(
        store=store,
        directory=directory,
        spec=RULE_SETS,
        problems=problems_of,
        caller=caller,
        key=key,
        version_id=version_id,
        reason=reason,
    )


def problems_of(rules: Sequence[Rule], directory: Directory, categories: set[str] | None) -> Iterable[Refusal]:
    """What keeps rules from being used with the organisation in force."""
    return rule_problems(rules, directory.area_ids, directory.posts, categories)
