"""Where an attached file is now: the addresses Discord gives are good for a day."""

import logging

from bot.platforms.discord.errors import DiscordFailed
from bot.platforms.discord.ports import Rest
from routing.query import Attachment

_log = logging.getLogger(__name__)


async def fresh_address(rest: Rest, attachment: Attachment) -> str | None:
    """Ask Discord for the message that has a file; return the file's address, None when it is gone.

    A file that came with a command is in no message: its address cannot be had anew.
    """
    if not attachment.reference:
        return None
    channel_id, post_id, file_id = attachment.reference.split("/")
    try:
        post = await rest.message(channel_id, post_id)
    except DiscordFailed as error:
        _log.info("a file in channel %s is not found again: %s", channel_id, error)
        return None
    return next((str(file["url"]) for file in post["attachments"] if file["id"] == file_id), None)
