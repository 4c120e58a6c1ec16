"""`python -m services.mediation [command]`."""

from services.chassis.cli import main
from services.mediation.app import create_app

if __name__ == "__main__":
    main("mediation", create_app)
