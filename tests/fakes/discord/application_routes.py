"""The routes of the application: who it is, its gateway, its commands."""

import re
from collections.abc import Iterable
from typing import Final

from tests.fakes.discord.asks import Answer, Ask, Handler
from tests.fakes.discord.limits import Route
from tests.fakes.discord.payloads import MESSAGE_CONTENT_LIMITED, application_json, user_json
from tests.fakes.discord.permissions import guild_permissions_of
from tests.fakes.discord.refusals import FormErrors, Json, refused
from tests.fakes.discord.world import World

CHAT_INPUT: Final = 1
MOST_CREATES: Final = 200

_MOST: Final = {1: 100, 2: 15, 3: 15, 4: 1}
_NAME: Final = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")
_APPLICATION: Final = "/applications/{application_id}"
_SUB_COMMANDS: Final = {1, 2}


def _me(world: World, _: Ask) -> Answer:
    return user_json(world.bot) | {"verified": True, "mfa_enabled": False, "locale": "en-US"}


def _application(world: World, _: Ask) -> Answer:
    return application_json(world, MESSAGE_CONTENT_LIMITED if world.sees_content else 0)


def _guilds(world: World, _: Ask) -> Answer:
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "owner": False,
            "permissions": str(int(guild_permissions_of(world.bot, guild))),
            "features": [],
        }
        for guild in world.guilds.values()
        if world.bot.id in guild.members
    ]


def _gateway(world: World, _: Ask) -> Answer:
    return {"url": world.gateway_url}


def _gateway_bot(world: World, _: Ask) -> Answer:
    starts = {
        "total": 1000,
        "remaining": world.starts_left,
        "reset_after": 14_400_000,
        "max_concurrency": 16,
    }
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": starts}


def _list(world: World, ask: Ask) -> Answer:
    return list(world.commands.get(_scope_of(world, ask), []))


def _put(world: World, ask: Ask) -> Answer:
    scope = _scope_of(world, ask)
    asked: list[Json] = ask.body if isinstance(ask.body, list) else []
    _check_all(asked)
    known = {_key(each): each for each in world.commands.get(scope, [])}
    written = [_written(world, each, known.get(_key(each)), scope) for each in asked]
    world.creates_today[scope] += sum(_key(each) not in known for each in asked)
    if world.creates_today[scope] > MOST_CREATES:
        raise refused(30034)
    world.commands[scope] = written
    return written


def _post(world: World, ask: Ask) -> Answer:
    scope = _scope_of(world, ask)
    known = [each for each in world.commands.get(scope, []) if _key(each) != _key(ask.form)]
    _check_all([*known, ask.form])
    command = _written(world, ask.form, None, scope)
    world.creates_today[scope] += 1
    world.commands[scope] = [*known, command]
    return command


def _delete(world: World, ask: Ask) -> Answer:
    scope = _scope_of(world, ask)
    kept = [
        each for each in world.commands.get(scope, []) if each["id"] != ask.places["command_id"]
    ]
    if len(kept) == len(world.commands.get(scope, [])):
        raise refused(10063)
    world.commands[scope] = kept
    return None


def _scope_of(world: World, ask: Ask) -> int | None:
    if ask.id_of("application_id") != world.bot.id:
        raise refused(50001)
    if "guild_id" not in ask.places:
        return None
    guild = world.guilds.get(ask.id_of("guild_id"))
    if guild is None or world.bot.id not in guild.members:
        raise refused(50001)
    return guild.id


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or CHAT_INPUT, command["name"]


def _written(world: World, asked: Json, known: Json | None, scope: int | None) -> Json:
    described = asked.get("description") or ""
    needed = asked.get("default_member_permissions")
    return {
        "nsfw": False,
        # The older way to say that a command is for servers only.
        "contexts": [0] if asked.get("dm_permission") is False else None,
        "integration_types": [0],
        "options": [],
        **{name: value for name, value in asked.items() if value is not None},
        "id": known["id"] if known else str(world.new_id()),
        "version": str(world.new_id()),
        "application_id": str(world.bot.id),
        "type": asked.get("type") or CHAT_INPUT,
        "description": described,
        "default_member_permissions": None if needed is None else str(needed),
    } | ({"guild_id": str(scope)} if scope else {})


def _check_all(commands: list[Json]) -> None:
    errors = FormErrors()
    for kind, most in _MOST.items():
        if sum(_key(each)[0] == kind for each in commands) > most:
            raise refused(30032)
    seen: set[tuple[int, str]] = set()
    for place, command in enumerate(commands):
        if _key(command) in seen:
            code = "APPLICATION_COMMANDS_DUPLICATE_NAME"
            errors.add(f"{place}.name", code, "Application command names must be unique")
        seen.add(_key(command))
        _check_command(str(place), command, errors)
    errors.raise_any()


def _check_command(path: str, command: Json, errors: FormErrors) -> None:
    if _key(command)[0] == CHAT_INPUT:
        _check_named(path, command, errors)
        _check_options(path, command, errors)
        if sum(map(len, _texts(command))) > 8000:
            code = "APPLICATION_COMMAND_TOO_LARGE"
            errors.add(path, code, "Command exceeds maximum size (8000)")
        return
    if not 1 <= len(command["name"]) <= 32:
        message = "Must be between 1 and 32 in length."
        errors.add(f"{path}.name", "BASE_TYPE_BAD_LENGTH", message)
    if command.get("description"):
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED"
        errors.add(path, code, "Context menu commands cannot have description")


def _check_named(path: str, command: Json, errors: FormErrors) -> None:
    name = command.get("name") or ""
    if not _NAME.match(name) or name != name.lower():
        code = "APPLICATION_COMMAND_INVALID_NAME"
        errors.add(f"{path}.name", code, "Command name is invalid")
    if not 1 <= len(command.get("description") or "") <= 100:
        message = "Must be between 1 and 100 in length."
        errors.add(f"{path}.description", "BASE_TYPE_BAD_LENGTH", message)


def _check_options(path: str, command: Json, errors: FormErrors) -> None:
    options = command.get("options") or []
    if len(options) > 25:
        errors.add(f"{path}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    was_optional = False
    for place, option in enumerate(options):
        at = f"{path}.options.{place}"
        _check_named(at, option, errors)
        choices = option.get("choices") or []
        if len(choices) > 25:
            errors.add(f"{at}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        if option.get("required") and was_optional:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            errors.add(at, code, "Required options must be placed before non-required options")
        was_optional |= not option.get("required") and option["type"] not in _SUB_COMMANDS
        _check_options(at, option, errors)


def _texts(command: Json) -> Iterable[str]:
    yield from (command.get("name") or "", command.get("description") or "")
    for option in command.get("options") or []:
        yield from _texts(option)
    for choice in command.get("choices") or []:
        yield from (choice["name"], str(choice["value"]))


ROUTES: Final[dict[Route, Handler]] = {
    ("GET", "/users/@me"): _me,
    ("GET", "/users/@me/guilds"): _guilds,
    ("GET", "/applications/@me"): _application,
    ("GET", "/oauth2/applications/@me"): _application,
    ("GET", "/gateway"): _gateway,
    ("GET", "/gateway/bot"): _gateway_bot,
    ("GET", f"{_APPLICATION}/commands"): _list,
    ("PUT", f"{_APPLICATION}/commands"): _put,
    ("POST", f"{_APPLICATION}/commands"): _post,
    ("DELETE", f"{_APPLICATION}/commands/{{command_id}}"): _delete,
    ("GET", f"{_APPLICATION}/guilds/{{guild_id}}/commands"): _list,
    ("PUT", f"{_APPLICATION}/guilds/{{guild_id}}/commands"): _put,
    ("POST", f"{_APPLICATION}/guilds/{{guild_id}}/commands"): _post,
    ("DELETE", f"{_APPLICATION}/guilds/{{guild_id}}/commands/{{command_id}}"): _delete,
}
