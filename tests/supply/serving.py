"""The services of docker-compose.yml without an engine: Redis by its script, the bot beside it.

What `pointsman init` writes is mounted, in the sense that the paths of the compose file lead to
it; Discord is the fake one. The bot must listen, and end when it is told to.
"""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import yaml

from tests.fakes.discord_remote import RemoteDiscord
from tests.fakes.sockets import free_port
from tests.supply.locks import ROOT

_LISTENS: Final = "listens and answers on Discord; kept in"
_PATIENCE_S: Final = 60


async def serve(program: Path, place: Path, user: int | None) -> list[str]:
    """Run the bot as compose does until it listens, then tell it to end.

    Args:
        program: As installed in the image.
        place: Holds the folders `etc`, with what init wrote, `state` and `tmp`.
        user: Whom to run as; None: as ourselves.

    Returns:
        What went wrong, a line each.
    """
    port = free_port()
    password = (place / "etc/secrets/redis_password").read_text().strip()
    url = place / "etc" / "secrets" / "redis_url"
    url.write_text(f"redis://:{password}@127.0.0.1:{port}/0\n")
    async with _redis(place, port, user), RemoteDiscord() as discord:
        (place / "etc/secrets/discord_token").write_text(discord.token)
        environ = {
            "HOME": str(place / "tmp"),
            "PATH": "/usr/bin:/bin",
            "POINTSMAN_STATE_DIR": str(place / "state"),
            "REDIS_URL_FILE": str(url),
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_CDN_URL": discord.cdn_url,
        }
        bot = await asyncio.create_subprocess_exec(
            program, "run", cwd=place / "etc", env=environ, user=user, stderr=PIPE
        )
        told = await _told(bot, discord)
    return [
        *([] if _LISTENS in told and str(port) in told else ["it does not listen:", told]),
        *([] if bot.returncode == 0 else [f"it ended with {bot.returncode}"]),
        *([] if list((place / "data").rglob("*.aof*")) else ["Redis keeps nothing"]),
    ]


async def _told(bot: Process, discord: RemoteDiscord) -> str:
    """Return what the bot says; it is told to end once it listens and is connected."""
    assert bot.stderr is not None
    told = ""
    async with asyncio.timeout(_PATIENCE_S):
        while _LISTENS not in told and (line := await bot.stderr.readline()):
            told += line.decode()
        while bot.returncode is None and not (await discord.do("state"))["is_connected"]:  # noqa: ASYNC110 # another process
            await asyncio.sleep(0.05)
        if bot.returncode is None:
            bot.send_signal(signal.SIGTERM)
        rest = await bot.stderr.read()
        await bot.wait()
    return told + rest.decode()


@asynccontextmanager
async def _redis(place: Path, port: int, user: int | None) -> AsyncIterator[None]:
    """Run the script of the service `redis`, its absolute paths leading into our folder."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    script: str = compose["services"]["redis"]["command"][0].replace("$$", "$")
    for there, here in {
        "/run/secrets": f"{place}/etc/secrets",
        "/run/redis": str(place / "tmp"),
        "--dir /data": f"--dir {place}/data --port {port} --bind 127.0.0.1",
        "chown redis:redis": ":",  # who runs it owns it already
        "/data\n": f"{place}/data\n",
        "setpriv --reuid redis --regid redis --clear-groups ": "",
    }.items():
        if there not in script:
            raise LookupError(f"the script of redis says nothing of {there}")
        script = script.replace(there, here)
    server = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-ec", script), stdout=PIPE, user=user, env={"PATH": os.environ["PATH"]}
    )
    try:
        assert server.stdout is not None
        async with asyncio.timeout(_PATIENCE_S):
            while b"Ready to accept" not in await server.stdout.readline():
                if server.stdout.at_eof():
                    raise RuntimeError("redis-server does not start")
        yield
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()
