"""Every command there is: a new one is added here, once, for all platforms."""

from typing import Final

from bot.commands.cache import PURGE
from bot.commands.conversation import FORGET, FRESH, MODEL, NEW
from bot.commands.insight import USAGE, WHY
from bot.commands.quota import QUOTA
from bot.commands.registry import Registry
from bot.commands.verdicts import BAD, BETTER, GOOD

COMMANDS: Final = Registry((MODEL, NEW, FRESH, BETTER, GOOD, BAD, WHY, USAGE, QUOTA, FORGET, PURGE))
