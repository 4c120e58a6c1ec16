"""Events of the mode of command."""

from services.chassis.events import EventData


class ModeSwitched(EventData, frozen=True, kw_only=True):
    """Rules, ladders and the clocks of new orders of the area follow from now on; `open_orders` says what orders under way do."""

    type = "huying.routing.mode.switched.v1"
    area_id: str
    area_path: list[str]
    mode: str
    reason: str
    open_orders: str
