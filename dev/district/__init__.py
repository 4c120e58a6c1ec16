"""The demonstration district: a fictional city district written by code from one fixed seed."""

from dev.district.build import build
from dev.district.demo import demo_people

__all__ = ["build", "demo_people"]
