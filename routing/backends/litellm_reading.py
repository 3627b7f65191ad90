"""From LiteLLM's chunks to the parts of an answer."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Final, Literal

from routing.backends.litellm_contact import Contact
from routing.backends.litellm_import import Untyped
from routing.backends.litellm_lines import Lines
from routing.backends.litellm_thinking import ThinkTags
from routing.backends.litellm_usage import believable_usage, is_absurd, reported_cost_microusd
from routing.errors import AnswerBroken, ModelFailed, QueryRefused
from routing.ports import Call, Completed, Part, ReasoningPart, TextPart
from routing.pricing import Usage

_END: Final = object()

# In small letters; every other word for the end means that the answer is whole.
_LENGTH_REASONS: Final = frozenset({"length", "max_tokens", "model_length", "compaction"})
_FILTER_REASONS: Final = frozenset(
    {"content_filter", "content_filtered", "guardrail_intervened", "refusal", "sensitive"}
    | {"blocklist", "prohibited_content", "recitation", "safety", "spii"}
)
_BROKEN_REASONS: Final = frozenset(
    {"abort", "error", "insufficient_system_resource", "network_error", "malformed_response"}
)


class AnswerReader:
    """Reads one answer.

    It uses LiteLLM's parsing of single chunks and not its iteration over them: that makes up a
    finish and a usage where the host sent none, and afterwards logs the answer, which may go as
    far as asking an Ollama about itself while the whole event loop waits.
    """

    def __init__(self, answer: Untyped, call: Call) -> None:
        self._answer = answer
        self._call = call
        self._tags = ThinkTags()
        self._lines = Lines.beneath(answer.completion_stream)
        self._reported: Untyped = None
        self._received_chars = 0
        self._has_text = False
        self._finish = ""

    @property
    def has_begun(self) -> bool:
        """Tell whether anything of the answer came."""
        return self._received_chars > 0

    @property
    def is_finished(self) -> bool:
        """Tell whether the host itself said that it is done."""
        return bool(self._finish)

    @property
    def usage(self) -> Usage | None:
        """Return what the host reported after the last token, if it can be believed."""
        return believable_usage(self._reported, self._call, self._received_chars)

    async def parts(self, contact: Contact) -> AsyncGenerator[Part]:
        """Yield the parts as they come, until the host has no more to say."""
        chunks = aiter(self._answer.completion_stream)
        try:
            while True:
                async with asyncio.timeout_at(contact.until):
                    chunk = await anext(chunks, _END)
                if chunk is _END:
                    return
                for part in self._read(chunk):
                    contact.heard()
                    yield part
                if self.is_finished and self.usage:
                    contact.heard_all()
        finally:
            await self._answer.aclose()
            if self._lines is not None:
                await self._lines.aclose()

    def close(self) -> Iterator[Part]:
        """Yield what was held back, then `Completed`.

        Raises:
            AnswerBroken: The host did not say that it is done, or there is no answer.
            QueryRefused: There is none because of a content filter.
        """
        for part in self._tags.close():
            yield self._noted(part)
        usage = self.usage
        if failure := self._failure():
            failure.usage, failure.billed = usage, True
            raise failure
        yield Completed(
            self._how_finished(),
            usage,
            reported_cost_microusd(self._reported),
            is_absurd=is_absurd(self._reported, self._call),
        )

    def _read(self, chunk: Untyped) -> Iterator[Part]:
        try:
            parsed = self._answer.chunk_creator(chunk)
        except StopIteration:  # LiteLLM's way of saying that there is nothing in it
            return
        kept = self._answer.chunks  # where LiteLLM puts a usage it does not pass on
        for choice in parsed.choices[:1] if parsed is not None else ():
            for part in self._parts(choice.delta):
                self._reported = None  # Anthropic, for one, reports a guess before any token
                yield self._noted(part)
        for known in (*kept, parsed):
            self._reported = getattr(known, "usage", None) or self._reported
        kept.clear()
        host = self._lines
        self._finish = host.finish_reason if host else self._answer.received_finish_reason or ""

    def _how_finished(self) -> Literal["stop", "length", "content_filter"]:
        reason = self._finish.lower()
        if reason in _LENGTH_REASONS:
            return "length"
        return "content_filter" if reason in _FILTER_REASONS else "stop"

    def _failure(self) -> ModelFailed | None:
        """Say why this is no answer, if it is none."""
        name = self._call.card.name
        if not self.is_finished:
            return AnswerBroken(name, "cut off" if self.has_begun else "no answer in what came")
        if self._finish.lower() in _BROKEN_REASONS:
            return AnswerBroken(name, f"ended with {self._finish.lower()}")
        if self._how_finished() == "content_filter" and not self._has_text:
            return QueryRefused(name, "content filter")
        return None if self.has_begun else AnswerBroken(name, "empty answer")

    def _parts(self, delta: Untyped) -> Iterator[TextPart | ReasoningPart]:
        reasoning = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
        if reasoning:
            yield ReasoningPart(reasoning)
        if delta.content:
            yield from self._tags.feed(delta.content)

    def _noted(self, part: TextPart | ReasoningPart) -> Part:
        self._received_chars += len(part.text)
        if isinstance(part, TextPart) and not part.text.isspace():
            self._has_text = True
        return part
