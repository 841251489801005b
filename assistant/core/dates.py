"""Dates for people."""

from __future__ import annotations

import calendar
from datetime import date


def in_words(day: date) -> str:
    """A date as people write it: 3 May 2024."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"
