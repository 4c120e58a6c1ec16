"""Drafting and activating versions of rules and policy. Activation counts the organisation's version up, so that replicas follow."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from services.chassis.errors import Refusal
from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.mongo import Mongo
from services.chassis.unit_of_work import AggregateSpec, Command, Store, UnitOfWork
from services.routing.access.staff import require_district_centre
from services.routing.directory import LiveDirectory
from services.routing.errors.configuration import ConfigurationUnusable
from services.routing.handlers.commands import create
from services.routing.model.organisation.directory import Directory
from services.routing.model.rules.configuration import Configuration
from services.routing.store.category import known_codes
from services.routing.store.configuration import in_force, newest
from services.routing.store.organisation import count_up

V = TypeVar("V", bound=Configuration[Any])
# What keeps a content from being used with a directory and the published categories (None before any is).
Problems = Callable[[Any, Directory, set[str] | None], Iterable[Refusal]]


async def draft(
    *,
    store: Store,
    directory: LiveDirectory,
    spec: AggregateSpec[V],
    problems: Problems,
    caller: Caller,
    key: str,
    content: object,
    note: str | None,
) -> V:
    """A new version that is not in force yet. Raises RoleMissing, ConfigurationUnusable."""
    require_district_centre(caller, directory.current)

    async def decide(unit: UnitOfWork) -> tuple[V, Sequence[EventData]]:
        await _refuse_unusable(unit, directory.current, problems, content)
        last = await newest(unit.mongo, spec)
        return spec.type.draft(last.number + 1 if last else 1, content, note, unit.now, unit.actor)

    return await create(store, spec, caller, f"draft_{spec.name}", key, [content, note], decide)


async def activate(
    *,
    store: Store,
    directory: LiveDirectory,
    spec: AggregateSpec[V],
    problems: Problems,
    caller: Caller,
    key: str,
    version_id: str,
    reason: str,
) -> V:
    """Put a version in force, a new one or an older one anew. Raises RoleMissing, ConfigurationInForce, ConfigurationUnusable."""
    require_district_centre(caller, directory.current)

    command = Command.of(caller.person, f"activate_{spec.name}", key, [version_id, reason])

    async def attempt(unit: UnitOfWork) -> V:
        await count_up(unit)  # before the organisation is read that it is checked against
        await directory.refresh()
        one = await unit.get(spec, version_id)
        await _refuse_unusable(unit, directory.current, problems, one.content)
        old = await in_force(unit.mongo, spec)
        events = one.activate(reason, old.number if old else None, unit.now, unit.actor)
        if old:
            unit.save(spec, old, old.supersede(one.number, unit.now))
        unit.save(spec, one, events)
        return one

    async def replay(_: str) -> V:
        # The first event of the command may be the one of the version that went out of force.
        return await UnitOfWork(store, actor=caller.actor).get(spec, version_id)

    done = await store.run(attempt, actor=caller.actor, command=command, replay=replay)
    await directory.refresh()
    return done


async def differs_from_load(mongo: Mongo, spec: AggregateSpec[V], content: object) -> bool:
    """Whether a file's content is another than the last load brought, and than what is in force; then it is to be loaded."""
    known = (await newest(mongo, spec, from_file=True), await in_force(mongo, spec))
    return all(one is None or one.content != content for one in known)


async def stage_load(unit: UnitOfWork, spec: AggregateSpec[V], content: object, source: str) -> bool:
    """Stage what a file brings as a new version that is in force at once; False when the last load brought the same, or it is in force."""
    if not await differs_from_load(unit.mongo, spec, content):
        return False
    last, old = await newest(unit.mongo, spec), await in_force(unit.mongo, spec)
    one, events = spec.type.draft(last.number + 1 if last else 1, content, source, unit.now, unit.actor, from_file=True)
    events += one.activate(source, old.number if old else None, unit.now, unit.actor)
    if old:
        unit.save(spec, old, old.supersede(one.number, unit.now))
    unit.add(spec, one, events)
    return True


def in_words(problem: Refusal) -> str:
    """A problem as a command line shows it, with its path."""
    return f"{'.'.join(problem.path)}: {problem.message('en')}"


async def _refuse_unusable(unit: UnitOfWork, directory: Directory, problems: Problems, content: object) -> None:
    found = list(problems(content, directory, await known_codes(unit.mongo) or None))
    if found:
        raise ConfigurationUnusable(found)
