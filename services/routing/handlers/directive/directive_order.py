"""Parts of key tasks and follow-ups of first agenda items become work orders."""

from collections.abc import Sequence

from services.chassis.events import EventData
from services.chassis.identity import Caller
from services.chassis.unit_of_work import Store, UnitOfWork
from services.routing.access.directive import manages, require_directive
from services.routing.handlers.commands import change
from services.routing.handlers.order.opening import open_order
from services.routing.model.directive.directive import Directive
from services.routing.model.order.work_order import Source, SourceKind, Subject
from services.routing.model.organisation.directory import Directory
from services.routing.model.texts import required
from services.routing.store.directive import DIRECTIVES


async def open_directive_order(
    store: Store,
    directory: Directory,
    caller: Caller,
    key: str,
    directive_id: str,
    subject_id: str,
    post_id: str,
    task: str,
) -> Directive:
    """The unit of a part or follow-up, or who manages the directive, has a post do some of it. Raises Refusal, StoreError."""

    async def decide(unit: UnitOfWork, directive: Directive) -> Sequence[EventData]:
        require_directive(caller, directive)
        path = directive.area_path
        subject = Subject(
            number=directive.number,
            task=required(task, "task", "办理事项", ("task",)),
            area_id=directive.area_id,
            area_path=path,
            mode=directory.mode(path),
            mode_of_place=True,
            received_at=unit.now,
        )
        source = Source(kind=SourceKind.DIRECTIVE, id=subject_id)
        order = await open_order(unit, directory, source, subject, post_id)
        return directive.open_order(subject_id, order.id, caller.actor, managed=manages(caller, path))

    given = [subject_id, post_id, task]
    return await change(store, DIRECTIVES, caller, "openDirectiveOrder", key, directive_id, given, decide)
