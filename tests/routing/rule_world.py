"""Rule sets for tests: two rules as GraphQL takes them, and the commands on sets of them."""

from collections.abc import Sequence
from typing import Any

from services.chassis.identity import Caller
from services.chassis.ids import new_id
from services.routing.consumers import CategoryPublished
from tests.routing.district import DEPARTMENT, DESK
from tests.routing.world import DESK_OFFICER, World

ENV_TO_DEPARTMENT: dict[str, Any] = {
    "id": "rule_env",
    "order": 10,
    "category": "env",
    "lead": {"postId": DEPARTMENT},
    "acceptMinutes": 20,
    "resolveHours": 24,
}
DESK_RULE: dict[str, Any] = {
    "id": "rule_desk",
    "order": 900,
    "lead": {"postId": DESK},
    "acceptMinutes": 30,
    "resolveHours": 48,
}
_CATEGORIES = {"env": ["env"], "env_waste": ["env", "env_waste"], "gas": ["gas"], "noise": ["noise"]}


async def publish_categories(world: World) -> None:
    """Intake publishes the tree that the district's rules speak of."""
    for code, path in _CATEGORIES.items():
        await world.hear(CategoryPublished(code=code, name=code, path=path), code)


async def draft(
    world: World, rules: Sequence[dict[str, Any]], caller: Caller = DESK_OFFICER, note: str | None = None
) -> Any:
    """The payload of a draft."""
    document = """mutation($input: DraftRuleSetInput!) { draftRuleSet(input: $input) {
      ruleSet { id number state } errors { code reason message path } } }"""
    given = {"idempotencyKey": new_id("key"), "rules": list(rules), "note": note}
    return (await world.ask(document, caller, input=given))["draftRuleSet"]


async def drafted(world: World, rules: Sequence[dict[str, Any]], note: str | None = None) -> str:
    """The id of a draft that must succeed."""
    payload = await draft(world, rules, note=note)
    assert payload["errors"] == [], payload
    return str(payload["ruleSet"]["id"])


async def activate(
    world: World,
    version_id: str,
    caller: Caller = DESK_OFFICER,
    reason: str = "测试",
    key: str | None = None,
) -> Any:
    """The payload of an activation."""
    document = """mutation($input: ActivateRuleSetInput!) { activateRuleSet(input: $input) {
      ruleSet { id number state } errors { code reason message path } } }"""
    given = {"idempotencyKey": key or new_id("key"), "ruleSetId": version_id, "reason": reason}
    return (await world.ask(document, caller, input=given))["activateRuleSet"]


async def activated(world: World, version_id: str, reason: str = "测试") -> str:
    """The state after an activation that must succeed."""
    payload = await activate(world, version_id, reason=reason)
    assert payload["errors"] == [], payload
    return str(payload["ruleSet"]["state"])
