"""What an operator may set of how the bot is watched: its health, its numbers and its log."""

from typing import Final, Literal

from pydantic import Field

from config.catalog import Strict

USUAL_PORT: Final = 9464
"""Where the numbers are found when nobody says where."""


class ObserveSettings(Strict):
    """Where `pointsman run` tells of its health and its numbers."""

    host: str = Field(default="127.0.0.1", description="nobody but this machine is told")
    port: int | None = Field(
        default=None, ge=0, le=65_535, description="none: 9464 where that is free; 0: nowhere"
    )


class LogSettings(Strict):
    """How the log is written."""

    form: Literal["auto", "json", "console"] = Field(
        default="auto", description="auto: for people at a terminal, else a JSON object a line"
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="of what the bot says itself; libraries only warn"
    )
