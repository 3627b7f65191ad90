"""Amounts of money as people read them. Pure."""

from decimal import Decimal


def dollars(microusd: int) -> str:
    """Return an amount in dollars, at least to the cent, to three digits that say something."""
    amount = Decimal(microusd) / 1_000_000
    decimals = min(max(2 - amount.adjusted(), 2), 6) if microusd else 0
    whole, point, fraction = f"{amount:,.{decimals}f}".partition(".")
    return f"${whole}{point}{fraction[:2]}{fraction[2:].rstrip('0')}"
