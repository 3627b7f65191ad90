"""Discord on loopback: REST, gateway and files, refusing what Discord refuses.

```python
async with FakeDiscord() as discord:
    guild = discord.add_guild()
    channel = guild.add_channel("general")
    ada = discord.add_user("ada", guild)
    ...  # a bot connects with discord.token to discord.api_url and discord.gateway_url
    question = await discord.say(ada, channel, "What is 6 x 7?", mention_bot=True)
    answers = discord.messages(channel)[1:]
    assert discord.violations == []
```
"""

from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.limits import Rate
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import Attachment, Channel, Guild, Message, Upload, User
from tests.fakes.faults import DROPPED, LOST_ANSWER, Held, Status
from tests.fakes.violations import Violation

__all__ = [
    "DROPPED",
    "LOST_ANSWER",
    "Attachment",
    "Channel",
    "FakeDiscord",
    "Guild",
    "Held",
    "Interaction",
    "Message",
    "Permission",
    "Rate",
    "Status",
    "Upload",
    "User",
    "Violation",
]
