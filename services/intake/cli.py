"""Intake's own commands."""

from services.chassis.cli import Commands

COMMANDS: Commands = {}
