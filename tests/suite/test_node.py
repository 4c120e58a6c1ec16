"""Every object is found again by its global id, by those who may see it."""

from dev.platform import Platform
from tests.suite.client import Client
from tests.suite.test_main_job import dispatched, submit

NODES = """query($ids: [ID!]!) { nodes(ids: $ids) {
    __typename nodeId
    ... on Report { number workOrders { nodeId } area { nodeId } }
    ... on WorkOrder { state report { nodeId } }
    ... on Area { name level }
    ... on Category { code }
} }"""
SEEN = """query($id: ID!) { report(id: $id) {
    nodeId number category { nodeId code } area { nodeId } workOrders { nodeId }
} }"""


async def test_objects_of_all_services_are_found_again_at_once(resident: Client) -> None:
    report_id = (await dispatched(resident, (await submit(resident))["id"]))["id"]
    report = (await resident.ask(SEEN, id=report_id))["report"]
    order, area, category = report["workOrders"][0]["nodeId"], report["area"]["nodeId"], report["category"]["nodeId"]

    found = (await resident.ask(NODES, ids=[area, report["nodeId"], category, order]))["nodes"]

    assert [item["__typename"] for item in found] == ["Area", "Report", "Category", "WorkOrder"]
    assert [item["nodeId"] for item in found] == [area, report["nodeId"], category, order]
    assert found[1]["workOrders"] == [{"nodeId": order}]
    assert found[2]["code"] == report["category"]["code"]
    assert found[3]["report"] == {"nodeId": report["nodeId"]}


async def test_what_one_may_not_see_is_not_there(platform: Platform, resident: Client) -> None:
    """INVARIANT: a global id opens nothing that `report(id:)` would not."""
    report_id = (await dispatched(resident, (await submit(resident))["id"]))["id"]
    report = (await resident.ask(SEEN, id=report_id))["report"]
    ids = [report["nodeId"], report["workOrders"][0]["nodeId"]]
    stranger = Client(platform, "", claims={"sub": "person_stranger", "roles": ["resident"]})

    assert (await stranger.ask(NODES, ids=ids))["nodes"] == [None, None]
    assert (await stranger.ask("query($id: ID!) { node(id: $id) { nodeId } }", id=ids[0]))["node"] is None
