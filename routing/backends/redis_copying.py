"""Takes a person's name out of what is only ever added to: the records and the audit, in Redis.

No entry of a stream can be changed, so the stream is copied without the name. A script tells how.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, cast
from uuid import uuid4

from routing.backends.keys import Keys, encoded
from routing.backends.redis import Connection, Script
from routing.forgetting import ForgettingElsewhere, Somebody
from routing.records import FORGOTTEN

_ENTRIES: Final = 200
_LEFT_S: Final = 60
"""So long after its last step a copy is begun anew by whoever comes then."""


class RedisCopying:
    """Streams without somebody's name.

    Args:
        connection: To the store.
        keys: Names everything in it.
        kept_s: How long what is found out is kept.
    """

    def __init__(self, connection: Connection, keys: Keys, kept_s: int) -> None:
        self._connection = connection
        self._keys = keys
        self._kept_s = kept_s
        self._step = Script("forget_text", "forget_stream")

    async def count(self, stream: str, whom: Somebody) -> int:
        """Return how many entries name somebody, and note the replies and places in them."""
        return await self._steps(stream, whom, "")

    async def take_out(self, stream: str, whom: Somebody) -> None:
        """Take somebody's name out of all entries, also out of those added meanwhile.

        Raises:
            ForgettingElsewhere: Another process does that for whomever.
        """
        copy, copying = self._keys.copy(stream)
        token = uuid4().hex
        taken = await self._connection.command("SET", copying, token, "NX", "EX", _LEFT_S)
        # The same once more, where the answer was lost.
        if not taken and await self._connection.command("GET", copying) != token.encode():
            raise ForgettingElsewhere
        await self._connection.command("DEL", copy)
        await self._steps(stream, whom, token)

    async def _steps(self, stream: str, whom: Somebody, token: str) -> int:
        found = (self._keys.forgetting(what, *_parts(whom)) for what in ("replies", "places"))
        keys = (stream, *self._keys.copy(stream), *found)
        words, start, count = json.dumps(_words(whom)), "-", 0
        while start:
            arguments = (words, start, _ENTRIES, token, self._kept_s, _LEFT_S)
            answer = await self._connection.run(self._step, keys, arguments)
            next_id, number = cast("tuple[bytes, int]", answer)
            start = next_id.decode()
            if start == "lost":
                raise ForgettingElsewhere
            count += number
        return count


def _parts(whom: Somebody) -> tuple[str, str]:
    return whom.platform, whom.person


def _words(whom: Somebody) -> Mapping[str, Any]:
    """Say what stands for somebody in entries, and what is to stand there instead."""
    asker, nobody = whom.asker, FORGOTTEN
    asked = f'"asker": {json.dumps(asker)}'
    return {
        "platform": whom.platform,
        "whole": {asker: nobody, f"user {asker}": f"user {nobody}"},
        "within": [
            (asked, '"asker": ""'),
            (f'"person": {json.dumps(asker)}', '"person": ""'),
            (f'"by": {json.dumps(asker)}', f'"by": "{nobody}"'),
            (f'"ids":[{json.dumps(asker, ensure_ascii=False)}]', f'"ids":["{nobody}"]'),
            (f"\n{asker}\n", f"\n{nobody}\n"),
            (f":{encoded(asker)}:", f":{encoded(nobody)}:"),
        ],
        "asked": asked,
        "within_theirs": [(f'"person": {json.dumps(whom.person)}', '"person": ""')],
    }
