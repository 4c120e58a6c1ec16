"""A month as people count it."""

import calendar
from datetime import datetime


def a_month_after(at: datetime) -> datetime:
    """The same day and time next month, or that month's last day."""
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))
