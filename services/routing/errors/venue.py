"""Refusals of commands on venues."""

from services.chassis.errors import Refusal


class VenueRetired(Refusal):
    code = "VENUE_RETIRED"
    en = "The venue is closed for good."
    zh = "该阵地已停用。"


class HoursWrong(Refusal):
    code = "HOURS_WRONG"
    en = "Opening hours are given per weekday 1 to 7, from HH:MM to a later HH:MM, without overlap."
    zh = "开放时间须按星期1至7填写,起止为HH:MM,先起后止且不得重叠。"
