"""The command line every service has: `python -m services.<service> [command]`, serving when no command is given."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping

from pymongo.errors import PyMongoError
from starlette.applications import Starlette

from services.chassis import settings as settings_module
from services.chassis import telemetry
from services.chassis.app import Service, serve
from services.chassis.consumer import DEAD_LETTERS
from services.chassis.errors import StoreError, Unavailable
from services.chassis.mongo import Document
from services.chassis.outbox import replay
from services.chassis.settings import ServiceSettings, SettingsError

log = logging.getLogger(__name__)

Run = Callable[[Service, argparse.Namespace], Awaitable[int]]
Arguments = Callable[[argparse.ArgumentParser], None]
Commands = Mapping[str, tuple[str, Arguments, Run]]


def main(
    name: str,
    build: Callable[[ServiceSettings], tuple[Service, Starlette]],
    commands: Commands | None = None,
) -> None:
    """Parse the command line, read the settings, run; exits non-zero with one clear line when something is wrong.

    `commands` are the service's own: name → (help, arguments, function of the opened service).
    """
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    choices = parser.add_subparsers(dest="command", metavar="command")
    choices.add_parser("serve", help="serve GraphQL (the default)")
    every = {**_COMMON, **(commands or {})}
    for command, (text, arguments, _) in every.items():
        arguments(choices.add_parser(command, help=text))
    args = parser.parse_args()
    try:
        settings = settings_module.read(ServiceSettings, os.environ)
        telemetry.setup(name, settings.log_level)
        for variable in settings_module.unknown(ServiceSettings, os.environ):
            log.warning("nobody reads %s", variable)
        service, app = build(settings)
    except SettingsError as error:
        sys.exit(f"{name}: {error}")
    if args.command in (None, "serve"):
        if not (settings.jwks_url and settings.jwt_issuer):
            sys.exit(f"{name}: HUYING_JWKS_URL and HUYING_JWT_ISSUER must be set: without them nobody could call")
        serve(app, settings)
        return
    try:
        sys.exit(asyncio.run(_run(service, every[args.command][2], args)))
    except (PyMongoError, Unavailable) as error:
        sys.exit(f"{name}: MongoDB does not answer as it should ({type(error).__name__}); see HUYING_MONGO_URL")


async def _run(service: Service, run: Run, args: argparse.Namespace) -> int:
    async with service.opened():
        return await run(service, args)


async def _streams(service: Service, _: argparse.Namespace) -> int:
    await service.bus.ready()
    await service.bus.ensure_stream()
    print(f"stream of {service.name} is there")
    return 0


async def _replay(service: Service, _: argparse.Namespace) -> int:
    await service.bus.ready()
    await service.bus.ensure_stream()
    total = await replay(service.relay, service.store, lambda n: print(f"\r{n} events", end="", file=sys.stderr))
    print(f"\n{total} events published again; consumers drop what they have seen")
    return 0


async def _list_letters(service: Service, args: argparse.Namespace) -> int:
    query = {} if args.all else {"status": "dead"}
    async for letter in service.mongo[DEAD_LETTERS.name].find(query).sort("_id", 1):
        print(f"{letter['_id']}  {letter['status']}  {letter['subject']}  {letter['reason']}")
    return 0


async def _letter(service: Service, letter_id: str) -> Document | None:
    letter = await service.mongo[DEAD_LETTERS.name].find_one({"_id": letter_id})
    if letter is None:
        print(f"no dead letter {letter_id}", file=sys.stderr)
    return letter


async def _show_letter(service: Service, args: argparse.Namespace) -> int:
    letter = await _letter(service, args.id)
    if letter is None:
        return 1
    for key, value in letter.items():
        print(f"{key}: {value.decode(errors='replace') if isinstance(value, bytes) else value}")
    return 0


async def _replay_letter(service: Service, args: argparse.Namespace) -> int:
    letter = await _letter(service, args.id)
    if letter is None:
        return 1
    consumer = next(c for c in service.consumers if c.durable == letter["durable"])
    try:
        outcome = await consumer.replay_dead_letter(letter)
    except StoreError as error:
        print(f"not replayed: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"still fails: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(outcome)
    return 0


def _nothing(_: argparse.ArgumentParser) -> None:
    pass


def _an_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", help="as `dead-letters` lists it")


def _all_flag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also those already replayed")


_COMMON: dict[str, tuple[str, Arguments, Run]] = {
    "streams": ("create this service's stream in the broker", _nothing, _streams),
    "replay": ("publish every event of the outbox again", _nothing, _replay),
    "dead-letters": ("list events that could not be handled", _all_flag, _list_letters),
    "dead-letter": ("show one of them", _an_id, _show_letter),
    "replay-dead-letter": ("try one of them again", _an_id, _replay_letter),
}
