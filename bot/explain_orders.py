"""What admins ordered, for `pointsman explain --orders`: what of it opens the store."""

import sys

from bot.wording import sentence
from config.errors import ConfigError
from config.settings import Settings
from routing.backends.stores import open_stores
from routing.errors import StoreNotUnderstood, StoreUnavailable
from routing.orders import InForce, realm_of
from routing.query import Origin


async def load_orders(settings: Settings, origin: Origin) -> InForce | None:
    """Return the orders that may be for a question from there; None, told, without the store."""
    try:
        async with open_stores(settings) as stores:
            return await stores.orders.load(realm_of(origin))
    except (ConfigError, StoreNotUnderstood) as error:
        print(error, file=sys.stderr)  # noqa: T201 # beside the output
    except StoreUnavailable as error:
        print(sentence(error), file=sys.stderr)  # noqa: T201 # beside the output
    return None
