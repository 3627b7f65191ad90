"""What commands work with, as far as a test has a part in it."""

from typing import Any, Final

from bot.commands.command import Services
from config.settings import Settings
from routing.embedding import embed_nothing
from routing.learning import Learning
from routing.ports import History
from routing.router import Router
from tests.fakes.orders import DictOrders
from tests.fakes.ports import ListVotes

_UNUSED: Final = ("ledger", "accounts", "limits", "posts", "audit", "link_codes", "comparisons")


def services_of(settings: Settings, router: Router, history: History, **parts: Any) -> Services:
    """Put together services; what is not among the parts is missing, or has nothing in it."""
    given: dict[str, Any] = {
        **dict.fromkeys(_UNUSED),
        "learning": Learning(settings, ListVotes(), embed_nothing),
        "orders": DictOrders(),
    }
    return Services(settings, router, history, **(given | parts))
