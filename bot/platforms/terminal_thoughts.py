"""A model's thinking on the screen: dim while it comes, then folded, kept or never shown."""

from typing import Literal

from rich.text import Text

from bot.wording import duration


class Thoughts:
    """What was thought before the answer began."""

    def __init__(self, display: Literal["folded", "shown", "hidden"]) -> None:
        self._display = display
        self._pieces: list[str] = []
        self._begun_line = ""
        self._since_s = 0.0

    def feed(self, text: str, at_s: float) -> list[Text]:
        """Take more thinking; return the lines that stay."""
        if not self._pieces:
            self._since_s = at_s
        self._pieces.append(text)
        *lines, self._begun_line = f"{self._begun_line}{text}".split("\n")
        return [Text(line, "dim") for line in lines] if self._display == "shown" else []

    def preview(self, rows: int, columns: int) -> list[Text]:
        """Return what is to be seen of the thinking while it goes on."""
        match self._display:
            case "folded":
                end = "".join(self._pieces[-rows * columns :])[-rows * columns :].strip()
            case "shown":
                end = self._begun_line[-rows * columns :]
            case "hidden":
                end = ""
        return [Text(end, "dim italic")] if end else []

    def close(self, at_s: float) -> list[Text]:
        """Return what stays of it once the answer begins; nothing when nothing was thought."""
        if not self._pieces:
            return []
        match self._display:
            case "folded":
                words = len("".join(self._pieces).split())
                took = duration(at_s - self._since_s)
                return [Text(f"▸ thought for {took} · {words:,} words", "dim")]
            case "shown":
                return [Text(self._begun_line, "dim")] if self._begun_line.strip() else []
            case "hidden":
                return []
