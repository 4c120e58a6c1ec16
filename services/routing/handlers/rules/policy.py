"""Commands on versions of the policy, and loading one from a file."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.chassis.errors import InvalidInput, Refusal
from services.chassis.events import SYSTEM
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.directory import LiveDirectory
from services.routing.errors.organisation import LoadRefused
from services.routing.handlers.rules import configuration
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.policy import Policy
from services.routing.model.rules.policy_version import PolicyVersion, policy_problems
from services.routing.store.category import known_codes
from services.routing.store.configuration import POLICIES
from services.routing.store.organisation import count_up, read_directory

_BY_LOAD = "policy file 政策文件"


async def draft_policy(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, content: Mapping[str, Any], note: str | None
) -> PolicyVersion:
    """A whole policy as a draft. Raises RoleMissing, InvalidInput, ConfigurationUnusable with every problem and its path."""
    return await configuration.draft(
        store=store,
        directory=directory,
        spec=POLICIES,
        problems=problems_of,
        caller=caller,
        key=key,
        content=_read(content),
        note=note,
    )


async def activate_policy(
    store: Store, directory: LiveDirectory, caller: Caller, key: str, version_id: str, reason: str
) -> PolicyVersion:
    """What begins from now on follows this policy. Raises RoleMissing, ConfigurationInForce, ConfigurationUnusable."""
    return await configuration.activate(
        store=store,
        directory=directory,
        spec=POLICIES,
        problems=problems_of,
        caller=caller,
        key=key,
        version_id=version_id,
        reason=reason,
    )


async def load_policy(store: Store, policy: Policy, *, dry_run: bool = False) -> bool:
    """Put a file's policy in force; False when the last load brought the same. Raises LoadRefused, StoreError."""

    async def attempt(unit: UnitOfWork) -> bool:
        directory = await read_directory(unit.mongo, unit.now)
        found = list(problems_of(policy, directory, await known_codes(unit.mongo) or None))
        if found:
            raise LoadRefused([configuration.in_words(problem) for problem in found])
        changed = await configuration.stage_load(unit, POLICIES, policy, _BY_LOAD)
        if changed:
            await count_up(unit, seen=directory.version)
        return changed

    return await attempt(UnitOfWork(store, actor=SYSTEM)) if dry_run else await store.run(attempt)


def problems_of(policy: Policy, directory: Directory, categories: set[str] | None) -> Iterable[Refusal]:
    """What keeps a policy from being used with the organisation in force."""
    return policy_problems(policy, directory.area_ids, directory.posts, categories)


def _read(content: Mapping[str, Any]) -> Policy:
    try:
        return msgspec.convert({"version": 0, **content}, Policy)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        path = where.rstrip("`").replace("[", ".").replace("]", "").strip(".")
        raise InvalidInput(path=("policy", *path.split(".")) if path else ("policy",), reason=reason) from error
