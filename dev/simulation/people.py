"""Who acts in the simulation: units that answer, answer late, return and stay silent, the centre's desk, and residents.

Nobody looks into the store: each hears what is announced (events) and answers with a mutation, at a moment drawn from a seed.
"""

import asyncio
import heapq
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from dev.district.units import CENTRE_DESK
from dev.simulation.messages import Message
from dev.simulation.stage import Stage, keyed
from services.chassis.identity import Caller

Act = Callable[[], Awaitable[object]]
_EVIDENCE = [{"kind": "PHOTO", "ref": "https://files.example/after.jpg"}]


class Temperament(StrEnum):
    """How a unit takes its work."""

    PROMPT = "prompt"
    LATE = "late"
    RETURNING = "returning"
    SILENT = "silent"


_SHARES = ((Temperament.PROMPT, 70), (Temperament.LATE, 15), (Temperament.RETURNING, 10), (Temperament.SILENT, 5))


class Town:
    """Everybody, and what each is going to do when."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._random = Random(seed)
        self._plans: list[tuple[datetime, int, Act]] = []
        self._number = itertools.count()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.called = 0
        self.temperaments: dict[str, Temperament] = {
            unit: self._draw(_SHARES) for unit in sorted(stage.directory.current.units)
        }
        self._hears: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "order.dispatched": self._on_dispatched,
            "order.accepted": self._on_accepted,
            "order.returned": self._on_returned,
            "order.reworked": self._on_reworked,
            "order.submitted": self._on_submitted,
            "order.extension_asked": self._on_extension_asked,
            "report.resolved": self._on_resolved,
            "call.made": self._on_call_made,
            "call.raised": self._on_call_made,
            "call.answered": self._on_call_answered,
            "escalation.climbed": self._on_climbed,
        }
        self._lead: dict[str, str] = {}
        self._residents: dict[str, Caller] = {}
        self._returns: Counter[str] = Counter()
        self._attendants = {
            post.area_ids[0]: self.caller_of(post.id)
            for post in stage.directory.current.posts.values()
            if post.id.endswith("_attendant") and post.area_ids
        }

    def hear(self, kind: str, data: dict[str, Any]) -> None:
        """Somebody takes note of an event; `kind` is such as `order.dispatched`."""
        if react := self._hears.get(kind):
            react(data)

    async def act(self, now: datetime) -> int:
        """Do what was planned up to `now`, side by side. Returns how many acts there were."""
        acts: list[Act] = []
        while self._plans and self._plans[0][0] <= now:
            acts.append(heapq.heappop(self._plans)[2])
        await asyncio.gather(*(act() for act in acts))
        return len(acts)

    # Units

    def _on_dispatched(self, data: dict[str, Any]) -> None:
        order, post = data["orderId"], data["leadPost"]
        self._lead[order] = post
        match self._temperament(post):
            case Temperament.PROMPT:
                self._plan(self._minutes(5, 90), lambda: self._order("acceptOrder", post, order))
            case Temperament.RETURNING if self._chance(0.4):
                basis = "职责清单:不属本单位"
                self._plan(self._minutes(10, 100), lambda: self._order("returnOrder", post, order, basis=basis))
            case Temperament.RETURNING:
                self._plan(self._minutes(20, 110), lambda: self._order("acceptOrder", post, order))
            case _:
                pass  # silence accepts

    def _on_accepted(self, data: dict[str, Any]) -> None:
        order = data["orderId"]
        post = self._lead[order]
        temperament = self._temperament(post)
        if temperament is Temperament.SILENT and self._chance(0.5):
            return
        wait = self._hours(24, 60) if temperament is Temperament.LATE else self._minutes(10, 300)
        self._plan(wait, lambda: self._begin(post, order))

    def _on_reworked(self, data: dict[str, Any]) -> None:
        order = data["orderId"]
        post = self._lead[order]
        self._plan(self._hours(1, 12), lambda: self._begin(post, order))

    async def _begin(self, post: str, order: str) -> None:
        """Start; now and then the work must wait for somebody, or needs more time."""
        if not await self._order("startOrder", post, order):
            return
        late = self._temperament(post) in (Temperament.LATE, Temperament.SILENT)
        takes = self._hours(60, 300) if late else self._hours(2, 70)
        if self._chance(0.04):
            until = (self._stage.now + takes).isoformat()
            given = {"awaited": "供电公司", "reason": "等待第三方施工", "until": until}
            self._plan(self._minutes(30, 120), lambda: self._order("suspendOrder", post, order, **given))
            takes += self._hours(1, 4)
        elif self._chance(0.05):
            given = dict[str, Any](hours=6.0, reason="需更换配件")
            self._plan(self._minutes(30, 120), lambda: self._order("askOrderExtension", post, order, **given))
        elif self._chance(0.01):
            review = (self._stage.now + timedelta(days=60)).isoformat()
            given = {"reason": "资金尚未落实", "ownerPostId": post, "reviewAt": review}
            self._plan(self._hours(1, 24), lambda: self._order("deferOrder", CENTRE_DESK, order, **given))
        self._plan(takes, lambda: self._reply(post, order))

    async def _reply(self, post: str, order: str) -> None:
        await self._order("submitOrder", post, order, reply="已到现场处理,问题已解决。", evidence=_EVIDENCE)

    # The centre

    def _on_returned(self, data: dict[str, Any]) -> None:
        order = data["orderId"]
        returner = self._lead[order]
        self._returns[order] += 1
        act = self._rule if self._returns[order] > 1 else self._dispatch_on
        self._plan(self._minutes(5, 60), lambda: act(order, returner))

    async def _dispatch_on(self, order: str, returner: str) -> None:
        posts = self._stage.directory.current.posts
        level = posts[returner].level
        others = [p.id for p in posts.values() if p.level == level and p.competences and p.id != returner]
        await self._order("dispatchOrder", CENTRE_DESK, order, postId=self._random.choice(sorted(others)))

    async def _rule(self, order: str, returner: str) -> None:
        """Returned again: the centre rules whose it is."""
        if await self._order("referOrder", CENTRE_DESK, order):
            given = {"question": "由谁牵头", "facts": "两家单位均退回", "basis": "首接负责制"}
            await self._order("ruleOrder", CENTRE_DESK, order, postId=returner, **given)

    def _on_submitted(self, data: dict[str, Any]) -> None:
        order = data["orderId"]
        if self._chance(0.07):
            self._plan(
                self._hours(1, 8), lambda: self._order("sendBackOrder", CENTRE_DESK, order, reason="照片与地点不符")
            )
        else:
            given = {"disposition": "SOLVED", "reason": "现场已核实"}
            self._plan(self._hours(1, 20), lambda: self._order("verifyOrder", CENTRE_DESK, order, **given))

    def _on_extension_asked(self, data: dict[str, Any]) -> None:
        order, granted = data["orderId"], self._chance(0.7)
        post = data["askedPost"] or CENTRE_DESK
        self._plan(self._hours(1, 6), lambda: self._order("decideOrderExtension", post, order, granted=granted))

    # Ladders

    def _on_call_made(self, data: dict[str, Any]) -> None:
        call, post = data["callId"], data.get("respondentPost") or data["post"]
        wait = {
            Temperament.PROMPT: self._minutes(5, 60),
            Temperament.RETURNING: self._minutes(30, 200),
            Temperament.LATE: self._hours(6, 40),
        }.get(self._temperament(post))
        if wait is not None:
            given = {"callId": call, "text": "已安排人员处理。"}
            self._plan(wait, lambda: self._command("answerCall", self.caller_of(post), given))

    def _on_call_answered(self, data: dict[str, Any]) -> None:
        given = {"callId": data["callId"], "aspect": "RESPONSE", "mark": 5 if data["inTime"] else 2, "text": "按实评价"}
        caller = self._residents.get(data["reportId"])
        if caller is not None:
            self._plan(self._hours(1, 10), lambda: self._command("rateCall", caller, given))

    def _on_climbed(self, data: dict[str, Any]) -> None:
        """Who has become an owner too takes note; most see to it that the first owner acts."""
        post, given = data["post"], {"escalationId": data["escalationId"], "text": "已督促牵头单位"}
        if self._chance(0.7):
            self._plan(self._hours(1, 5), lambda: self._command("acknowledgeEscalation", self.caller_of(post), given))
        order = data["subjectId"]
        if self._lead.get(order) and self._chance(0.6):
            self._plan(self._hours(2, 20), lambda: self._begin_or_reply(order))

    async def _begin_or_reply(self, order: str) -> None:
        """Pushed from above, the lead does what it had left undone."""
        post = self._lead[order]
        await self._begin(post, order)
        self._plan(self._hours(1, 20), lambda: self._reply(post, order))

    # Residents, and attendants who call for them

    def _on_resolved(self, data: dict[str, Any]) -> None:
        report = data["reportId"]
        if self._chance(0.1):
            self._plan(self._hours(2, 100), lambda: self._resident("reopenReport", report, reason="问题仍然存在"))
        elif self._chance(0.6):
            mark = self._draw(((5, 5), (4, 3), (3, 1), (1, 1)))
            self._plan(self._hours(1, 100), lambda: self._resident("confirmReport", report, satisfaction=mark))

    # Drawing and doing

    def _temperament(self, post: str) -> Temperament:
        unit = self._stage.directory.current.posts[post].unit_id
        return self.temperaments[unit]

    def _plan(self, wait: timedelta, act: Act) -> None:
        heapq.heappush(self._plans, (self._stage.now + wait, next(self._number), act))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _minutes(self, least: float, most: float) -> timedelta:
        return timedelta(minutes=least + (most - least) * self._random.random())

    def _hours(self, least: float, most: float) -> timedelta:
        return self._minutes(60 * least, 60 * most)

    def _draw(self, shares: "tuple[tuple[Any, int], ...]") -> Any:
        left = self._random.random() * sum(weight for _, weight in shares)
        for value, weight in shares:
            left -= weight
            if left < 0:
                return value
        return shares[-1][0]

    def caller_of(self, post: str) -> Caller:
        """Who acts in a post: its A role."""
        directory = self._stage.directory.current
        held = directory.posts[post]
        role = "centre" if directory.units[held.unit_id].kind == "centre" else "handler"
        if post.endswith("_attendant"):
            role = "attendant"
        area = held.area_ids[0] if held.area_ids else None
        return Caller(person=held.role_a, roles=frozenset({role}), post=post, unit=held.unit_id, area=area)

    async def submit(self, message: Message) -> str | None:
        """A resident files a report, or the grid's attendant calls the community about it; its id, None when it was refused."""
        caller = Caller(person=message.person, roles=frozenset({"resident"}))
        given: dict[str, Any] = {
            "kind": message.kind.upper(),
            "text": message.text,
            "place": {"lon": message.place.lon, "lat": message.place.lat},
        }
        if message.category:
            given["category"] = message.category
        if message.called and (attendant := self._attendant_at(message)):
            caller = attendant
            self.called += 1
            given |= {"kind": "CALL", "callLevel": "GRID", "urgency": "URGENT" if message.urgent else "ROUTINE"}
        payload = await self._do(self._stage.ask_intake, "submitReport", caller, given, "report { id }")
        if payload is None:
            return None
        report: str = payload["report"]["id"]
        self._residents[report] = caller
        return report

    def _attendant_at(self, message: Message) -> Caller | None:
        path = self._stage.reference.areas.at(message.place).path
        return next((self._attendants[area] for area in reversed(path) if area in self._attendants), None)

    async def _order(self, mutation: str, post: str, order: str, **given: Any) -> bool:
        return await self._command(mutation, self.caller_of(post), {"workOrderId": order, **given})

    async def _command(self, mutation: str, caller: Caller, given: dict[str, Any]) -> bool:
        return await self._do(self._stage.ask_routing, mutation, caller, given) is not None

    async def _resident(self, mutation: str, report: str, **given: Any) -> None:
        await self._do(self._stage.ask_intake, mutation, self._residents[report], {"reportId": report, **given})

    async def _do(
        self,
        ask: Callable[..., Awaitable[Any]],
        mutation: str,
        caller: Caller,
        given: dict[str, Any],
        selection: str = "",
    ) -> dict[str, Any] | None:
        """The payload of a mutation; None, and counted, when it is refused."""
        document = (
            f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) "
            f"{{ {mutation}(input: $input) {{ {selection} errors {{ code }} }} }}"
        )
        payload: dict[str, Any] = (await ask(document, caller, input=keyed(given)))[mutation]
        self.done[mutation] += 1
        if payload["errors"]:
            self.refused[f"{mutation} {payload['errors'][0]['code']}"] += 1
            return None
        return payload
