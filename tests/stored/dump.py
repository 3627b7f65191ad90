"""All that a store holds, as JSON does: taken out of one, put into another."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from routing.backends.redis import Connection

_PENDING: Final = "return redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)"

Dump = Mapping[str, Mapping[str, Any]]
"""By key, the type of what is there, and it."""


async def dumped(connection: Connection, hash_tag: str) -> Dump:
    """Return what a deployment keeps in a store."""
    found = await connection.command("KEYS", f"{{{hash_tag}}}:*")
    keys = sorted(map(_text, cast("list[bytes]", found)))
    return {key: await _dumped(connection, key) for key in keys}


async def restore(connection: Connection, dump: Dump) -> None:
    """Put into a store what was dumped; nothing of it ends by itself."""
    for key, kept in dump.items():
        for command in _commands(key, kept["type"], kept["value"]):
            await connection.command(*(_bytes(each) for each in command))


async def _dumped(connection: Connection, key: str) -> Mapping[str, Any]:
    kind = _text(cast("bytes", await connection.command("TYPE", key)))
    return {"type": kind, "value": await _value(connection, key, kind)}


async def _value(connection: Connection, key: str, kind: str) -> Any:  # as JSON is
    ask = connection.command
    match kind:
        case "string":
            return _text(cast("bytes", await ask("GET", key)))
        case "hash":
            found = cast("dict[bytes, bytes]", await ask("HGETALL", key))
            return {_text(name): _text(value) for name, value in found.items()}
        case "list":
            return list(map(_text, cast("list[bytes]", await ask("LRANGE", key, 0, -1))))
        case "set":
            return sorted(map(_text, cast("set[bytes]", await ask("SMEMBERS", key))))
        case "zset":
            scored = await ask("ZRANGE", key, 0, -1, "WITHSCORES")
            flat = cast("list[Any]", scored)
            pairs = flat if flat and isinstance(flat[0], list | tuple) else _paired(flat)
            return {_text(name): float(score) for name, score in pairs}
        case "stream":
            return await _stream(connection, key)
    raise AssertionError(f"{key} is a {kind}, which nobody dumps")


async def _stream(connection: Connection, key: str) -> Mapping[str, Any]:
    found = await connection.command("XRANGE", key, "-", "+")
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", found)
    told = cast("list[Any]", await connection.command("XINFO", "GROUPS", key))
    groups = {}
    for group in map(_named, told):
        name = _text(group["name"])
        # In a script, as redis-py reads only the short form of the answer.
        pending = await connection.command("EVAL", _PENDING, 1, key, name)
        groups[name] = {
            "last": _text(group["last-delivered-id"]),
            "pending": [_claimed(each) for each in cast("list[Any]", pending)],
        }
    return {
        "entries": [
            [_text(entry), {_text(name): _text(value) for name, value in fields.items()}]
            for entry, fields in entries
        ],
        "groups": groups,
    }


def _named(told: Any) -> dict[str, Any]:  # a dictionary, or its parts in a list
    pairs = told.items() if isinstance(told, Mapping) else _paired(told)
    return {_text(name): value for name, value in pairs}


def _claimed(told: Sequence[bytes]) -> list[str]:
    entry, consumer, *_ = told
    return [_text(entry), _text(consumer)]


def _commands(key: str, kind: str, value: Any) -> list[list[str]]:  # as JSON is
    match kind:
        case "string":
            return [["SET", key, value]]
        case "hash":
            return [["HSET", key, *(part for pair in value.items() for part in pair)]]
        case "list":
            return [["RPUSH", key, *value]]
        case "set":
            return [["SADD", key, *value]]
        case "zset":
            return [["ZADD", key, str(score), name] for name, score in value.items()]
        case "stream":
            return _stream_commands(key, value)
    raise AssertionError(f"{key} is a {kind}, which nobody restores")


def _stream_commands(key: str, value: Mapping[str, Any]) -> list[list[str]]:
    commands = [
        ["XADD", key, entry, *(part for pair in fields.items() for part in pair)]
        for entry, fields in value["entries"]
    ]
    for name, group in value["groups"].items():
        commands.append(["XGROUP", "CREATE", key, name, group["last"]])
        commands += [
            ["XCLAIM", key, name, consumer, "0", entry, "FORCE", "JUSTID"]
            for entry, consumer in group["pending"]
        ]
    return commands


def _paired(flat: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def _text(raw: bytes | str) -> str:
    return raw if isinstance(raw, str) else raw.decode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
