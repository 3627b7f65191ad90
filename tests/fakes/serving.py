"""Serving HTTP on loopback, as all fakes do."""

from aiohttp import web


async def serve(
    application: web.Application, port: int = 0, *, ends_with_caller: bool = False
) -> tuple[web.AppRunner, str]:
    """Begin to serve; return what ends it by its `cleanup`, and where that is, as a URL.

    Args:
        application: What is served.
        port: Where; 0 for any that is free.
        ends_with_caller: Whether an answer is broken off when nobody waits for it any more.
    """
    runner = web.AppRunner(
        application, handler_cancellation=ends_with_caller, shutdown_timeout=0, access_log=None
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner, "http://{}:{}".format(*runner.addresses[0][:2])
