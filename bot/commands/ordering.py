"""Orders as admins give them: in their own name, where they run things, once whoever delivers."""

from bot.commands.command import Invocation
from routing.orders import Order, Subject, Target, realm_of


async def give(invocation: Invocation, order: Order) -> str | None:
    """Give an order for whoever gave the command; return the value it replaces.

    The answer's name stands for the change: a worker that takes over gives nothing twice.

    Raises:
        OrdersFull: There are as many as there may be.
    """
    message, orders = invocation.message, invocation.services.orders
    by, realm = message.origin.asker, realm_of(message.origin)
    return await orders.give(realm, order, by, message.reply_id)


async def take_back(invocation: Invocation, subject: Subject, target: Target) -> str | None:
    """Take an order back likewise; return its value, None if there was none."""
    message, orders = invocation.message, invocation.services.orders
    by, realm = message.origin.asker, realm_of(message.origin)
    return await orders.take_back(realm, subject, target, by, message.reply_id)
