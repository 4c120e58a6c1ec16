"""Directives in the small district: drafted, issued and carried out through GraphQL, with the clock called by hand."""

import dataclasses
import functools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.chassis.leases import claim_due
from services.routing.handlers.directive.directive import step_directive
from services.routing.handlers.directive.supervision import step_supervision
from services.routing.store.directive import DIRECTIVES
from services.routing.store.supervision import SUPERVISIONS
from tests.refusals import said
from tests.routing.district import COMMITTEE, SECTION, UNIT_OF
from tests.routing.world import DESK_OFFICER, World

COMMITTEE_HEAD = Caller(
    person=f"person_{COMMITTEE}_a",
    roles=frozenset({"handler"}),
    post=COMMITTEE,
    unit=UNIT_OF[COMMITTEE],
    area="d1-s1-c1",
)
PHOTO = {"kind": "PHOTO", "ref": "https://files.example/1.jpg", "note": ""}
DIRECTIVE = """
    __typename id number kind state title text issuedAt dueAt overdueLevel closedAt
    area { id } issuerPost { id } issuerUnit { id }
    addressees { post { id } unit { id } acknowledgedAt }
    supervisions { level state byRule post { id } superiors { id } }
    ... on KeyTask {
      cadence progress summary acceptedAt revokeReason returns { reason }
      project { year budgetFen spentFen households }
      parts {
        id title weight percent overdue reportsMissed reportDueAt post { id }
        reports { percent text evidence { ref } } supervisions { level } workOrders { id state }
      }
    }
    ... on FirstAgendaItem {
      meetingAt meetingPlace minutes attendance { post { id } present note }
      followUps { id text post { id } doneAt result workOrders { id } } noFollowUpReason
    }
    ... on RedLine {
      rhythm liftReason editions { text reason }
      periods { key attestations { post { id } late } missing { id } }
      breaches { id state post { id } text finding measure }
    }
"""
SUPERVISION = """
    id level state byRule subjectKind subjectId reason unanswered answer settlement answerDueAt
    post { id } unit { id } superiors { id } openedBy { id }
"""


def at(moment: datetime) -> str:
    """A moment as GraphQL takes it."""
    return moment.isoformat()


@dataclasses.dataclass
class Desk:
    """What a centre and its addressees do with directives."""

    world: World

    async def do(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> Any:
        """A mutation; its payload with the whole object."""
        kind = mutation[0].upper() + mutation[1:] + "Input"
        shown = f"supervision {{ {SUPERVISION} }}" if "Supervision" in mutation else f"directive {{ {DIRECTIVE} }}"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {shown} errors {{ code reason path }} }} }}"
        )
        values = {"idempotencyKey": new_id("key"), **given}
        return (await self.world.ask(document, caller, input=values))[mutation]

    async def done(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> Any:
        """A mutation that must succeed; the object."""
        payload = await self.do(mutation, caller, **given)
        assert payload["errors"] == [], payload
        return payload.get("directive") or payload["supervision"]

    async def refused(self, mutation: str, caller: Caller = DESK_OFFICER, **given: Any) -> str:
        """A mutation that must be refused; the code."""
        payload = await self.do(mutation, caller, **given)
        assert payload.get("directive") is payload.get("supervision") is None, payload
        (error,) = payload["errors"]
        return said(error)

    async def directive(self, directive_id: str, caller: Caller = DESK_OFFICER) -> Any:
        """The directive as a caller sees it."""
        document = f"query($id: ID!) {{ directive(id: $id) {{ {DIRECTIVE} }} }}"
        return (await self.world.ask(document, caller, id=directive_id))["directive"]

    def heading(self, *posts: str, **more: Any) -> dict[str, Any]:
        """What any draft says."""
        named = list(posts or (SECTION, COMMITTEE))
        return {"title": "城市更新", "text": "完成三栋旧楼改造", "areaId": "d1-s1", "posts": named, **more}

    def task(self, *posts: str, **more: Any) -> dict[str, Any]:
        """A key task due in ten days, acknowledged within one, reported on every other day."""
        now = self.world.now
        return {
            "heading": self.heading(*posts),
            "dueAt": at(now + timedelta(days=10)),
            "acknowledgeBy": at(now + timedelta(days=1)),
            "cadence": "P2D",
            **more,
        }

    async def issued_task(self, *posts: str, **more: Any) -> Any:
        """A key task that binds."""
        drafted = await self.done("draftKeyTask", **self.task(*posts, **more))
        return await self.done("issueDirective", directiveId=drafted["id"])

    async def running_task(self, *heads: Caller, **more: Any) -> Any:
        """A key task that every one of `heads` has acknowledged."""
        task = await self.issued_task(*(str(head.post) for head in heads), **more)
        for head in heads:
            task = await self.done("acknowledgeDirective", head, directiveId=task["id"])
        return task

    async def report(self, head: Caller, task: Any, percent: int, index: int = 0, **more: Any) -> Any:
        """A report on the part of that index."""
        return await self.done(
            *("reportProgress", head),
            directiveId=task["id"],
            partId=task["parts"][index]["id"],
            percent=percent,
            text="推进中",
            evidence=[PHOTO],
            **more,
        )

    async def let_clock_act(self) -> None:
        """What the service's timers do at this moment, until nothing is due."""
        store = self.world.store
        steps: dict[str, Callable[[str], Awaitable[None]]] = {
            DIRECTIVES.collection.name: functools.partial(step_directive, store, self.world.directory),
            SUPERVISIONS.collection.name: functools.partial(step_supervision, store),
        }
        for collection, step in steps.items():
            while due := await claim_due(store, collection):
                for document in due:
                    await step(document["_id"])

    async def told(self) -> list[str]:
        """Event names of directives and supervisions, oldest first."""
        return [".".join(row["type"].split(".")[2:4]) for row in await self.world.told("directive", "supervision")]

    async def data_of(self, event: str) -> list[str]:
        """The data of every event of that name, as JSON text."""
        rows = await self.world.told("directive", "supervision")
        return [row["data"] for row in rows if ".".join(row["type"].split(".")[2:4]) == event]
