"""What is wrong with a configuration, all of it at once.

ConfigError             the configuration cannot be used; holds every Problem found
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the configuration.

    Attributes:
        key: Where it is: `models[2].input_price`; empty for a file as a whole.
        message: What is wrong and the way out; never a value, which could be a secret.
        file: The file's path as the operator wrote it, or `environment`; empty when unknown.
        line: Counted from 1; 0 when unknown.
    """

    key: str
    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ConfigError(Exception):
    """The configuration cannot be used."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
