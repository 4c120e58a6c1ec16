"""Run intake: `python -m services.intake [command]`."""

from services.chassis.cli import main
from services.intake.app import create_app
from services.intake.cli import COMMANDS

if __name__ == "__main__":
    main("intake", create_app, COMMANDS)
