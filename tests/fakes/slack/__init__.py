"""Slack on loopback: Web API, Socket Mode, signed HTTP and files, refusing what Slack refuses.

```python
async with FakeSlack() as slack:
    channel = slack.add_channel("general")
    ada = slack.add_user("ada")
    ...  # a bot connects with slack.bot_token and slack.app_token to slack.api_url
    question = await slack.mention(ada, channel, "What is 6 x 7?")
    answers = slack.shown(channel, thread=question)
    assert slack.violations == []
```
"""

from tests.fakes.faults import DROPPED, LOST_ANSWER, Held, Status
from tests.fakes.slack.deliveries import Attempt, Delivery
from tests.fakes.slack.interactions import Interaction, NotOffered
from tests.fakes.slack.limits import Rate
from tests.fakes.slack.server import FakeSlack
from tests.fakes.slack.streams import State, Stream
from tests.fakes.slack.world import SCOPES, Channel, File, Message, Team, Upload, User
from tests.fakes.violations import Violation

__all__ = [
    "DROPPED",
    "LOST_ANSWER",
    "SCOPES",
    "Attempt",
    "Channel",
    "Delivery",
    "FakeSlack",
    "File",
    "Held",
    "Interaction",
    "Message",
    "NotOffered",
    "Rate",
    "State",
    "Status",
    "Stream",
    "Team",
    "Upload",
    "User",
    "Violation",
]
