"""Every command there is: a new one is added here, once, for all platforms."""

from typing import Final

from bot.commands.access import ACCESS
from bot.commands.audit import AUDIT
from bot.commands.cache import PURGE
from bot.commands.compare import COMPARE
from bot.commands.conversation import FORGET, FRESH, MODEL, NEW
from bot.commands.digest import DIGEST
from bot.commands.link import LINK
from bot.commands.models import MODELS
from bot.commands.pause import PAUSE, RESUME
from bot.commands.persona import PERSONA
from bot.commands.preset import PRESET
from bot.commands.quota import QUOTA
from bot.commands.registry import Registry
from bot.commands.rules import RULES
from bot.commands.usage import USAGE
from bot.commands.verdicts import BAD, BETTER, GOOD
from bot.commands.whoami import WHOAMI
from bot.commands.why import WHY

_FOR_EVERYONE: Final = (
    MODEL,
    MODELS,
    NEW,
    FRESH,
    BETTER,
    COMPARE,
    GOOD,
    BAD,
    WHY,
    USAGE,
    WHOAMI,
    QUOTA,
    LINK,
    FORGET,
    PURGE,
)
_FOR_ADMINS: Final = (PAUSE, RESUME, PRESET, PERSONA, ACCESS, RULES, DIGEST, AUDIT)

COMMANDS: Final = Registry(_FOR_EVERYONE + _FOR_ADMINS)
