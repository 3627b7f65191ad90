"""Files that the bot attaches to a thread."""

from typing import Final

from bot.platforms.beside import File
from bot.platforms.slack.errors import SlackFailed, Unreachable
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.tiers import Tier
from bot.platforms.slack.web import SlackWeb

_ALTERNATIVE_CHARS: Final = 1000
_COMPLETE: Final = "files.completeUploadExternal"


async def attach(web: SlackWeb, spot: Spot, file: File) -> None:
    """Attach a file; if Slack's word that it is there gets lost, it is looked for first.

    Raises:
        SlackFailed: It is not there.
    """
    place = await web.call(
        spot.team,
        "files.getUploadURLExternal",
        tier=Tier.OTHER,
        filename=file.name,
        length=str(len(file.data)),
        alt_txt=file.text[:_ALTERNATIVE_CHARS] if file.is_picture else None,
    )
    await web.put(str(place["upload_url"]), file.data)
    file_id = str(place["file_id"])
    try:
        await _complete(web, spot, file.name, file_id)
    except Unreachable as error:
        if error.may_be_done and await _is_attached(web, spot, file_id):
            return
        await _complete(web, spot, file.name, file_id)


async def _complete(web: SlackWeb, spot: Spot, name: str, file_id: str) -> None:
    await web.call(
        spot.team,
        _COMPLETE,
        tier=Tier.OTHER,
        files=[{"id": file_id, "title": name}],
        channel_id=spot.channel,
        thread_ts=spot.thread or None,
    )


async def _is_attached(web: SlackWeb, spot: Spot, file_id: str) -> bool:
    """Tell whether a file can be seen; where that cannot be known, all of it was sent."""
    try:
        if spot.thread:
            oldest = spot.question or spot.thread
            messages = await web.replies(spot.team, spot.channel, spot.thread, oldest=oldest)
        else:
            messages = await web.history(spot.team, spot.channel)
    except SlackFailed:
        return True
    return any(file.get("id") == file_id for each in messages for file in each.get("files") or [])
