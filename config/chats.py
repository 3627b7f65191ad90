"""What an operator may set of the chats: how questions are taken in, and each service's part."""

from typing import Annotated, Literal

from pydantic import Field

from config.catalog import Strict
from config.references import Address, Secret

SlackId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{5,20}$", description="an id, not a name")]
Snowflake = Annotated[str, Field(pattern=r"^[0-9]{5,20}$", description="an id, in quotes")]


class IntakeSettings(Strict):
    """How many questions are answered at once, and how many wait."""

    at_once: int = Field(default=64, ge=1, le=10_000, description="answers of one process")
    at_once_per_asker: int = Field(default=2, ge=1, le=1000, description="the rest waits its turn")
    at_once_per_place: int = Field(default=16, ge=1, le=10_000, description="the rest waits")
    waiting: int = Field(
        default=200, ge=1, le=1_000_000, description="questions in all; more are refused at once"
    )
    waiting_per_asker: int = Field(default=5, ge=1, le=1000, description="more are refused")
    waiting_for_worker: int = Field(
        default=16,
        ge=1,
        le=1_000_000,
        description="whose turn it is, or half as many as are answered; more are refused",
    )
    waiting_per_place: int = Field(
        default=100, ge=1, le=1_000_000, description="more are refused, so others have room"
    )
    notice_every_s: float = Field(
        default=60, ge=1, le=3600, description="one refusal is shown to an asker in so long"
    )
    claim_s: float = Field(
        default=12,
        ge=3,
        le=20,
        description="a worker silent for so long is dead: another takes over",
    )
    grace_s: float = Field(
        default=20, ge=0, le=600, description="for running answers when the bot is told to end"
    )


class DiscordSettings(Strict):
    """How the bot behaves on Discord."""

    token: Secret | None = Field(default=None, description="of the bot; none: not on Discord")
    message_content: bool = Field(
        default=False, description="whether the message content intent is switched on for the bot"
    )
    always_answer: frozenset[Snowflake] = Field(
        default=frozenset(), description="ids of channels where no mention is needed"
    )
    open_threads: bool = Field(
        default=False, description="a question in a channel is answered in a new thread"
    )
    buttons_for: Literal["asker", "everyone"] = Field(
        default="asker", description="who may stop, regenerate and better an answer; admins may"
    )
    admin_roles: frozenset[Snowflake] = Field(
        default=frozenset(), description="ids of roles whose members are admins, too"
    )
    most_posts: int = Field(
        default=5, ge=1, le=50, description="a longer answer comes as a file, its beginning shown"
    )
    edit_every_s: float = Field(
        default=1.2, ge=0.2, le=60, description="between two edits in a channel, at least"
    )
    requests_per_s: float = Field(
        default=40, gt=0, le=50, description="to Discord, by one process; Discord allows 50 in all"
    )
    api_url: Address | None = Field(default=None, description="a proxy of Discord's REST API")
    gateway_url: Address | None = Field(default=None, description="a proxy of Discord's gateway")
    cdn_url: Address | None = Field(default=None, description="a proxy of Discord's files")


class SlackInstallSettings(Strict):
    """How further workspaces install the app; without it one workspace is served, by its token."""

    client_id: str = Field(default="", description="of the app; with the next two: many workspaces")
    client_secret: Secret | None = Field(default=None, description="of the app")
    sealing_key: Secret | None = Field(
        default=None, description="any long secret; seals the workspaces' tokens in the store"
    )


class SlackSettings(Strict):
    """How the bot behaves on Slack."""

    bot_token: Secret | None = Field(
        default=None, description="of one workspace, xoxb-…; none: by installation, or not at all"
    )
    app_token: Secret | None = Field(
        default=None, description="xapp-…: Slack is listened to over sockets (Socket Mode)"
    )
    signing_secret: Secret | None = Field(
        default=None, description="without app_token: Slack calls us by HTTP, signed with it"
    )
    install: SlackInstallSettings = SlackInstallSettings()
    sockets: int = Field(default=2, ge=1, le=10, description="of one process; Slack allows 10")
    host: str = Field(default="127.0.0.1", description="where we listen for HTTP and installations")
    port: int = Field(default=3000, ge=0, le=65_535, description="0: any that is free")
    public_url: Address | None = Field(
        default=None, description="https address of the balancer before it, as Slack sees it"
    )
    follow_threads: bool = Field(
        default=True, description="in a thread it is in, the bot goes on without a mention"
    )
    always_answer: frozenset[SlackId] = Field(
        default=frozenset(), description="ids of channels where no mention is needed"
    )
    guests: bool = Field(default=True, description="whether guests of a workspace are answered")
    strangers: bool = Field(
        default=False, description="whether people of other workspaces in shared channels are"
    )
    buttons_for: Literal["asker", "everyone"] = Field(
        default="asker", description="who may stop, regenerate and better an answer; admins may"
    )
    admin_groups: frozenset[SlackId] = Field(
        default=frozenset(), description="ids of user groups whose members are admins, too"
    )
    prompts: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        default=(
            "What can you do?",
            "Summarise the file I attach",
            "Explain this error message to me",
        ),
        max_length=4,
        description="offered where somebody opens the bot",
    )
    most_posts: int = Field(
        default=5, ge=1, le=50, description="a longer answer comes as a file, its beginning shown"
    )
    append_every_s: float = Field(
        default=0.6, ge=0.1, le=60, description="between two appends to a stream, at least"
    )
    edit_every_s: float = Field(
        default=1.5, ge=0.5, le=60, description="between two edits, where streams are refused"
    )
    stream_life_s: float = Field(
        default=240, ge=10, le=290, description="then the answer goes on in a new message"
    )
    appends_per_min: int = Field(default=100, ge=1, le=10_000, description="Tier 4, by workspace")
    edits_per_min: int = Field(default=50, ge=1, le=10_000, description="Tier 3, by workspace")
    streams_per_min: int = Field(
        default=20, ge=1, le=10_000, description="begun, and ended, Tier 2; more are edited"
    )
    api_url: Address | None = Field(default=None, description="a proxy of Slack's Web API")


class AttachmentSettings(Strict):
    """What is read of what people attach."""

    max_bytes: int = Field(
        default=10_000_000, ge=1, le=100_000_000, description="a larger file is not fetched"
    )
    max_files: int = Field(default=5, ge=0, le=50, description="of one question")
    max_chars: int = Field(
        default=60_000, ge=100, le=10_000_000, description="of text, from one file"
    )
    max_pages: int = Field(default=50, ge=1, le=10_000, description="of a PDF")
    max_pixels: int = Field(
        default=40_000_000, ge=1, le=200_000_000, description="a larger image is not looked at"
    )
    timeout_s: float = Field(default=10, gt=0, le=120, description="for reading one file")
