"""Events of venues."""

from typing import Any

from dev.event_examples.matters import AREA_PATH

_VENUE = "venue_01kat5c8y3fymbr7d4q8ez9w5a"

EXAMPLES: dict[str, dict[str, Any]] = {
    "venue.published": {
        "venueId": _VENUE,
        "name": "平安驿站",
        "kind": "safety_post",
        "services": ["调解", "法律咨询"],
        "areaPath": AREA_PATH,
        "lon": 113.815,
        "lat": 23.295,
        "address": "和业路1号",
    },
    "venue.booked": {
        "venueId": _VENUE,
        "bookingId": "booking_01kat5c8y3fymbr7d4q8ez9w5b",
        "use": "meeting",
        "startsAt": "2026-11-25T01:00:00Z",
        "endsAt": "2026-11-25T03:00:00Z",
        "post": "post_d01_desk",
        "unit": "unit_d01_centre",
    },
    "venue.freed": {"venueId": _VENUE, "bookingId": "booking_01kat5c8y3fymbr7d4q8ez9w5b"},
    "venue.retired": {"venueId": _VENUE},
}
