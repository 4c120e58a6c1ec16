"""What somebody sees who has just started the demonstration."""

import pytest

from dev.platform import Platform
from tests.suite.client import Client


@pytest.mark.capability("R-04", "R-07", "R-18", "R-20", "R-25")
async def test_the_screens_of_the_demonstration_show_something_on_the_first_run(
    platform: Platform, centre: Client
) -> None:
    seen = await centre.ask("""{
      centreBoard { counts { queue count } orders(queue: INCOMING, first: 1) { nodes { id } } gaps { nodes { post { id } } } }
      onDuty(post: "post_s01_centre_leader") { id }
      shifts(post: "post_s01_centre_leader") { nodes { state headCount assigned { id } } }
      shiftGaps { nodes { post { id } } }
      post(id: "post_s01_c01_head") { roleB { id } activeHolder { role person { id } } }
      area(id: "d01-s01-c01-g01-m1-b1") { level buildingLeaders { post { id } } }
    }""")
    (order,) = seen["centreBoard"]["orders"]["nodes"]
    near = await centre.ask(
        "query($id: ID!) { nearestResponders(workOrderId: $id) { candidates { responder { id } } } }", id=order["id"]
    )
    mine = await Client(platform, "handler").ask("{ myWork(first: 5) { nodes { kind } } }")

    assert [one["id"] for one in seen["onDuty"]] == ["responder_s01_c01_officer", "responder_s01_c01_lawyer"]
    assert [len(one["assigned"]) for one in seen["shifts"]["nodes"]][:2] == [2, 0]
    assert "post_s01_centre_leader" in [one["post"]["id"] for one in seen["shiftGaps"]["nodes"]]
    assert seen["post"]["activeHolder"] == {"role": "B", "person": seen["post"]["roleB"]}
    assert len(seen["area"]["buildingLeaders"]) == 2
    assert any(row["count"] for row in seen["centreBoard"]["counts"])
    assert near["nearestResponders"]["candidates"]
    assert mine["myWork"]["nodes"]
