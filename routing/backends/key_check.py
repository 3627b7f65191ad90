"""Whether a provider takes a key: a GET that lists models and costs nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from config.catalog import ModelCard
from config.references import Secret


@dataclass(frozen=True, slots=True)
class Finding:
    """What asking one provider showed.

    Attributes:
        models: The names of the cards that share its address and key.
        problem: Why they will not answer; empty when the provider took the key.
    """

    models: tuple[str, ...]
    problem: str


async def check_keys(cards: Sequence[ModelCard], timeout_s: float) -> tuple[Finding, ...]:
    """Ask the provider of each card, all at the same time, once for cards that share a key.

    Cards without an address to ask at are left out.
    """
    shared: dict[tuple[str, str, Secret | None], list[str]] = {}
    for card in cards:
        if address := _address(card):
            shared.setdefault((*address, card.api_key), []).append(card.name)
    async with httpx.AsyncClient(timeout=timeout_s, follow_redirects=False) as client:
        problems = await asyncio.gather(*(_problem(client, *asked) for asked in shared))
    return tuple(
        Finding(tuple(names), problem)
        for names, problem in zip(shared.values(), problems, strict=True)
    )


def _address(card: ModelCard) -> tuple[str, str] | None:
    """Return where to ask about a card and in which header the key goes."""
    if card.api_base and (own := card.api_base.reveal()):
        # An own address replaces the provider's; every local server answers a plain GET.
        header = card.check.header if card.check else "Authorization"
        return (f"{own.rstrip('/')}/models", header)
    return (card.check.url, card.check.header) if card.check else None


async def _problem(client: httpx.AsyncClient, url: str, header: str, secret: Secret | None) -> str:
    key = secret.reveal() if secret else None
    headers = {"anthropic-version": "2023-06-01"} if header.lower() == "x-api-key" else {}
    if key:
        headers[header] = f"Bearer {key}" if header == "Authorization" else key
    host = httpx.URL(url).host
    if key and not key.isascii():
        return f"the key for {host} holds a letter no key has: copy it again"
    try:
        answer = await client.get(url, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return f"{host} cannot be reached ({type(error).__name__}): check the network or api_base"
    return _judged(host, answer.status_code, secret if key else None)


def _judged(host: str, status: int, key: Secret | None) -> str:
    """Say what a status means for us; empty when the host is there and takes the key."""
    refusals = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if status in refusals or (key and status == HTTPStatus.BAD_REQUEST):  # 400: Gemini's word
        if key is None:
            return f"{host} wants a key: name it in the card's api_key"
        return f"{host} refuses the key: make a new one and {key.where}"
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return f"{host} wants to be paid: add credit to the account of the key"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        return f"{host} is down or busy (status {status}): try again later"
    # A local server may not list models where others do; what answers at all is reachable.
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or (
        status == HTTPStatus.NOT_FOUND and not key
    ):
        return ""
    return f"{host} answers with status {status}: check the address on the card"
