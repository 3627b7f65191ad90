"""A time of day, on some days of the week, where somebody lives."""

from datetime import datetime, timedelta
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from config.catalog import Strict
from config.zones import ZoneName, zone_named

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY: Final = timedelta(days=1)


class Hours(Strict):
    """From a time of day to another, the end not included; over midnight if it is the earlier."""

    begin: str = Field(
        default="00:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="such as 22:00"
    )
    end: str = Field(
        default="24:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$",
        description="such as 06:30; earlier than begin: on the next day",
    )
    zone: ZoneName = Field(default="UTC", description="whose clock: a name such as Europe/Berlin")
    weekdays: frozenset[Weekday] = Field(
        default=frozenset(), description="mon to sun, the days it begins on; none: every day"
    )

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begin == self.end:
            raise ValueError("begin and end are the same: leave both out for whole days")
        return self

    def include(self, moment: datetime) -> bool:
        """Tell whether a moment, which is aware, lies within these hours on its clock there."""
        local = moment.astimezone(zone_named(self.zone))
        clock = f"{local:%H:%M}"
        if self.begin < self.end:
            return self.begin <= clock < self.end and self._begins_on(local)
        return (clock >= self.begin and self._begins_on(local)) or (
            clock < self.end and self._begins_on(local - _DAY)
        )

    def _begins_on(self, day: datetime) -> bool:
        return not self.weekdays or _WEEKDAYS[day.weekday()] in self.weekdays
