"""The whole of what an operator may set, as one frozen value."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from config.catalog import ModelCard, Preset, Strict, UsdPerAnswer
from config.chats import AttachmentSettings, DiscordSettings, IntakeSettings, SlackSettings
from config.observing import LogSettings, ObserveSettings
from config.quotas import QuotaSettings
from config.references import Address
from config.rules import Rule

Seconds = Annotated[float, Field(gt=0, le=3600)]

SYSTEM_PROMPT: Final = (
    "You are Pointsman, a helpful assistant in a chat. Answer in the language of the question, "
    "correctly and briefly; use Markdown where it helps. Say so when you do not know."
)


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        # A container's user may have no home, and ~name may be nobody.
        raise ValueError("leads to a home folder that is not there: write it whole") from None


LocalPath = Annotated[Path, AfterValidator(_absolute)]


class ValueSettings(Strict):
    """What a good answer instead of a bad one is worth, in US dollars, by preset."""

    thrifty: UsdPerAnswer = Field(default=Decimal("0.002"), description="counts every cent")
    balanced: UsdPerAnswer = Field(default=Decimal("0.02"), description="weighs both")
    best: UsdPerAnswer = Field(default=Decimal(5), description="hardly looks at the price")

    def of(self, preset: Preset) -> Decimal:
        """Return the value for a preset."""
        value: Decimal = getattr(self, preset)
        return value


class AgreementSettings(Strict):
    """Where two cheap models are asked side by side, and a better one when they differ."""

    places: tuple[str, ...] = Field(
        default=(), description="channel ids; only for questions with a short answer to compare"
    )


class RoutingSettings(Strict):
    """How a model is chosen."""

    preset: Preset = Field(default="balanced", description="what is used when nobody asks")
    value_usd: ValueSettings = ValueSettings()
    max_output_tokens: int = Field(
        default=4096, ge=16, le=1_000_000, description="the longest answer; always sent"
    )
    max_usd_per_answer: UsdPerAnswer | None = Field(
        default=Decimal(1), description="a model whose worst price is above is passed over"
    )
    waiting_usd_per_hour: UsdPerAnswer = Field(
        default=Decimal("0.02"), description="what an hour of waiting counts; settles near ties"
    )
    continue_cut_answers: bool = Field(
        default=True, description="a broken answer is continued by the next model"
    )
    agreement: AgreementSettings = AgreementSettings()


class TimeoutSettings(Strict):
    """How long a model is waited for."""

    connect_s: Seconds = Field(default=5.0, description="until the host takes the connection")
    first_token_s: Seconds = Field(default=60.0, description="from the request to the first token")
    stall_s: Seconds = Field(default=30.0, description="between two tokens")


class CooldownSettings(Strict):
    """When a failing model rests."""

    failures: int = Field(default=3, ge=1, le=100, description="in a row, before it rests")
    rest_s: Seconds = Field(default=30.0, description="the first rest; each further one doubles")
    longest_rest_s: Seconds = Field(default=600.0, description="no rest is longer")


class StoreSettings(Strict):
    """Where history and usage are kept."""

    url: Address | None = Field(
        default=None,
        description="redis://, rediss:// or unix://; none: a Valkey of our own is started",
    )
    hash_tag: str = Field(
        default="pointsman",
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="begins every key; one deployment, one tag",
    )
    timeout_s: Seconds = Field(default=0.2, description="for one answer of the store")
    connections: int = Field(default=50, ge=2, le=10_000, description="at most, for one process")


class HistorySettings(Strict):
    """What is remembered of a conversation."""

    exchanges: int = Field(default=50, ge=0, le=1000, description="kept of each conversation")
    max_tokens: int = Field(
        default=8000, ge=0, le=1_000_000, description="sent along with a question, at most"
    )
    keep_days: int = Field(default=30, ge=1, le=3650, description="after the last question")


class CacheSettings(Strict):
    """Which answers are given again."""

    enabled: bool = Field(default=True, description="answers to the same question are given again")
    shared_in_tenant: bool = Field(
        default=False, description="all public channels of a server or workspace share answers"
    )


class UsageSettings(Strict):
    """What is remembered of spending."""

    keep_days: int = Field(
        default=400, ge=1, le=3650, description="for each day of usage, record and audited change"
    )


class HouseSettings(Strict):
    """What is learned from votes on answers."""

    enabled: bool = Field(
        default=False, description="votes on answers move which model is chosen, by server"
    )
    probe_share: float = Field(
        default=0.0, ge=0, le=0.03, description="of the questions, asked of the runner-up to learn"
    )
    half_life_days: float = Field(
        default=90, gt=0, le=3650, description="after so long a vote counts half"
    )
    votes_per_person: float = Field(
        default=3,
        gt=0,
        le=100,
        description="one person's on like questions count as at most so many",
    )
    votes: int = Field(default=2000, ge=1, le=20_000, description="kept of each server, the latest")
    keep_days: int = Field(default=400, ge=1, le=3650, description="after the last vote")


class LocalModelSettings(Strict):
    """The tiny model that answers where no other is configured."""

    use: Literal["when-alone", "never"] = Field(
        default="when-alone", description="whether it answers at all"
    )
    gguf: LocalPath | None = Field(default=None, description="a better GGUF file than the shipped")
    context_tokens: int = Field(
        default=2048, ge=256, le=1_000_000, description="question and answer together"
    )
    threads: int = Field(
        default=0, ge=0, le=1024, description="0: one less than the machine has cores"
    )


class TerminalSettings(Strict):
    """How the terminal looks."""

    reasoning: Literal["folded", "shown", "hidden"] = Field(
        default="folded", description="what happens to a model's thinking once the answer begins"
    )


class Settings(Strict):
    """The whole configuration, checked and resolved."""

    state_dir: LocalPath = Field(
        default=Path("~/.local/state/pointsman"),
        validate_default=True,
        description="where the embedded store and the terminal's input history live",
    )
    system_prompt: str = Field(
        default=SYSTEM_PROMPT, max_length=100_000, description="what every model is told first"
    )
    routing: RoutingSettings = RoutingSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    cooldown: CooldownSettings = CooldownSettings()
    store: StoreSettings = StoreSettings()
    history: HistorySettings = HistorySettings()
    cache: CacheSettings = CacheSettings()
    usage: UsageSettings = UsageSettings()
    quotas: QuotaSettings = QuotaSettings()
    house: HouseSettings = HouseSettings()
    local_model: LocalModelSettings = LocalModelSettings()
    terminal: TerminalSettings = TerminalSettings()
    intake: IntakeSettings = IntakeSettings()
    attachments: AttachmentSettings = AttachmentSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    observe: ObserveSettings = ObserveSettings()
    log: LogSettings = LogSettings()
    shipped_models: bool = Field(default=True, description="false: only the models named here")
    models: tuple[ModelCard, ...] = Field(
        default=(), description="further models, or changes to shipped ones by name"
    )
    rules: tuple[Rule, ...] = Field(default=(), description="which models may answer, when")
