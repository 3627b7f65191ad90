"""Rules that are ready to be taken, as they stand in the configuration afterwards."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

READY_RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "own-machines": """\
  - name: nothing leaves our machines
    allow: {hosting: self}
""",
        "no-vendor-in-china": """\
  - name: no vendor under jurisdiction CN
    deny: {hosting: vendor, jurisdictions: [CN]}
""",
        "vision-for-images": """\
  - name: images go to a vision model
    when: {attachments: [image]}
    require: {capabilities: [vision]}
""",
        "open-weights-first": """\
  - name: open weights unless asked
    prefer: {weights: open}
""",
        "cheap-nights": """\
  - name: nothing dear at night
    when: {hours: {begin: "22:00", end: "06:00"}}
    ceiling: 0.01
""",
    }
)
"""By the name under which `pointsman init` offers it: its lines in the file."""


def meaning(name: str) -> str:
    """Return what a ready rule says, in words: its own name in the file."""
    first, _, _ = READY_RULES[name].partition("\n")
    return first.partition("name: ")[2]
