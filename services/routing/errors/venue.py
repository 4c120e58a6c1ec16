"""Refusals of commands on venues."""

from services.chassis.errors import NotAllowed, NotAllowedReason, Refusal


class VenueRetired(Refusal):
    code = "VENUE_RETIRED"
    en = "The venue is closed for good."
    zh = "该阵地已停用。"


class HoursWrong(Refusal):
    code = "HOURS_WRONG"
    en = "Opening hours are given per weekday 1 to 7, from HH:MM to a later HH:MM, without overlap."
    zh = "开放时间须按星期1至7填写,起止为HH:MM,先起后止且不得重叠。"


class BookingWrong(Refusal):
    code = "BOOKING_WRONG"
    en = "A venue is booked at most a year ahead, for a time that ends after it begins and within a day."
    zh = "阵地预约须在一年以内,结束晚于开始且不超过一天。"


class VenueClosedThen(Refusal):
    code = "VENUE_CLOSED_THEN"
    en = "The venue is not open the whole of that time."
    zh = "该时段不在阵地开放时间内。"


class VenueTaken(Refusal):
    code = "VENUE_TAKEN"
    en = "The venue is booked at that time."
    zh = "该时段阵地已被预约。"


class VenueBookedAhead(Refusal):
    code = "VENUE_BOOKED_AHEAD"
    en = "The venue is booked {count} times ahead; free these first."
    zh = "该阵地尚有{count}个未结束的预约,请先取消。"


class BookingNotYours(NotAllowed):
    reason = NotAllowedReason.NOT_YOURS
    en = "Who booked the venue frees it, or who receives people there, or the centre."
    zh = "只有预约方、值守岗位或指挥中心可以取消预约。"
