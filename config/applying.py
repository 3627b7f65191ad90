"""What of a changed configuration a running bot goes by at once, and what needs a restart."""

from typing import Final, TypeVar

from pydantic import BaseModel

from config.settings import Settings

_SECTIONS: Final = {
    "": "system_prompt shipped_models models rules",
    "routing": (
        "preset value_usd.thrifty value_usd.balanced value_usd.best max_output_tokens "
        "max_usd_per_answer waiting_usd_per_hour continue_cut_answers agreement.places"
    ),
    "timeouts": "connect_s first_token_s stall_s",
    "cooldown": "failures rest_s longest_rest_s",
    "history": "exchanges max_tokens keep_days",
    "cache": "enabled shared_in_tenant",
    "usage": "keep_days",
    "quotas": "limits zone warn_at floor_output_tokens emergency_usd records",
    "house": "enabled probe_share half_life_days votes_per_person votes keep_days",
    "terminal": "reasoning",  # nothing listens to it here
    "intake": (
        "at_once at_once_per_asker at_once_per_place waiting waiting_per_asker "
        "waiting_for_worker waiting_per_place notice_every_s"
    ),
    "attachments": "max_bytes max_files max_chars max_pages max_pixels timeout_s",
    "discord": "always_answer open_threads buttons_for admin_roles most_posts edit_every_s",
    "slack": (
        "follow_threads always_answer guests strangers buttons_for admin_groups prompts "
        "most_posts append_every_s edit_every_s stream_life_s"
    ),
    "log": "level",
}

_SECTIONS_AT_START: Final = {
    "": "state_dir",
    "store": "url hash_tag timeout_s connections",
    "local_model": "use gguf context_tokens threads",
    "quotas": "lease_s",  # a call that runs is renewed in time for the lease it was given
    "intake": "claim_s grace_s",  # claims that run are held for the time they were told
    "discord": "token message_content requests_per_s api_url gateway_url cdn_url",
    "slack": (
        "bot_token app_token signing_secret install.client_id install.client_secret "
        "install.sealing_key sockets host port public_url appends_per_min edits_per_min "
        "streams_per_min api_url"
    ),
    "observe": "host port",
    "log": "form",
}


def _paths(sections: dict[str, str]) -> frozenset[str]:
    return frozenset(
        f"{section}.{key}".lstrip(".") for section, keys in sections.items() for key in keys.split()
    )


AT_ONCE: Final = _paths(_SECTIONS)
"""Settings that count from the next question on, each by its dotted path."""

AT_START: Final = _paths(_SECTIONS_AT_START)
"""Settings that are read when the bot starts: connections, ports and what hangs on them."""

Part = TypeVar("Part", bound=BaseModel)


def applicable(running: Settings, wanted: Settings) -> Settings:
    """Return what a running bot can go by of what is wanted: the rest stays until a restart."""
    chosen = wanted
    for path in AT_START:
        chosen = _replaced(chosen, path.split("."), _at(running, path))
    if running.local_model == wanted.local_model:
        return chosen
    # Its card speaks for the section, which stays.
    embedded = {card.name: card for card in running.models if card.embedded}
    models = tuple(embedded.get(card.name, card) for card in wanted.models)
    return chosen.model_copy(update={"models": models})


def _at(settings: Settings, path: str) -> object:
    value: object = settings
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _replaced(part: Part, path: list[str], value: object) -> Part:
    first, *further = path
    inner = _replaced(getattr(part, first), further, value) if further else value
    return part.model_copy(update={first: inner})
