"""Events of the mode of command."""

from services.chassis.events import EventData


class ModeSwitched(EventData, frozen=True, kw_only=True):
    """Clocks of new orders, rules, ladders and rosters of the area follow from now on."""

    type = "huying.routing.mode.switched.v1"
    area_id: str
    area_path: list[str]
    mode: str
    reason: str
