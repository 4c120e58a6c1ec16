"""Events of the register of responders."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

RESPONDER = "responder_01m810vbcpe1z8akf3a1d2v7qk"

EXAMPLES: dict[str, dict[str, Any]] = {
    "responder.enrolled": {
        "responderId": RESPONDER,
        "kind": "volunteer",
        "homeAreaId": AREA_PATH[-2],
        "areaPath": AREA_PATH[:-1],
        "skills": ["first_aid"],
        "registered": True,
    },
    "responder.retired": {"responderId": RESPONDER},
    "responder.availability_changed": {
        "responderId": RESPONDER,
        "availability": "on_duty",
        "deploymentId": None,
    },
    "responder.moved": {"responderId": RESPONDER, "accuracyM": 12.5},
    "responder.vetted": {"responderId": RESPONDER, "validUntil": "2027-11-22T00:00:00Z"},
    "responder.served": {
        "responderId": RESPONDER,
        "year": 2026,
        "minutes": 90,
        "yearMinutes": 1410,
        "duties": 12,
    },
}
