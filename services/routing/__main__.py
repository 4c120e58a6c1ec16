"""`python -m services.routing`: serve, or load reference data."""

from services.chassis.cli import main
from services.routing.app import create_app
from services.routing.cli import COMMANDS

if __name__ == "__main__":
    main("routing", create_app, COMMANDS)
