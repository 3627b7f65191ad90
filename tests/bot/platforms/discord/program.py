"""Whole bots at the fake Discord with a model host on loopback: as processes, or in this one."""

from dataclasses import dataclass, field

from config.settings import Settings
from tests.bot.platforms.running import HALF, MODEL, WHOLE, Running
from tests.fakes.discord import Channel, FakeDiscord, Message


@dataclass
class Program(Running):
    """Bots that share one folder; processes that are left are killed at the end."""

    fake: FakeDiscord = field(kw_only=True)
    channel: Channel = field(kw_only=True)

    def settings(self, *, has_token: bool = True, **intake: float) -> Settings:
        """Return what a bot in this process is built of."""
        environ = self.environ()
        if not has_token:
            del environ["DISCORD_TOKEN"]
        return self.loaded(environ, **intake)

    async def connected(self) -> None:
        """Wait until a bot listens."""
        await self.fake.until(lambda: self.fake.gateway.is_connected, within_s=60)

    async def half_answered(self) -> None:
        """Wait until half an answer is to be seen."""
        await self.fake.until(lambda: any(HALF in each for each in self.shown), within_s=60)

    async def answered(self, *, in_channel: Channel | None = None) -> None:
        """Wait until a whole answer, with its receipt, is to be seen."""
        end = f"{WHOLE}\n-# {MODEL}"
        await self.fake.until(
            lambda: any(end in each for each in self.shown_in(in_channel or self.channel)),
            within_s=60,
        )

    @property
    def shown(self) -> list[str]:
        """Return what the bot's posts in the channel say."""
        return self.shown_in(self.channel)

    def shown_in(self, channel: Channel) -> list[str]:
        """Return what the bot's posts in a channel say."""
        posts = self.fake.messages(channel)
        return [each.content for each in posts if each.author is self.fake.bot]

    async def answer_to(self, question: Message) -> Message:
        """Return the whole answer to a message, once it is there."""

        def found() -> list[Message]:
            return [
                each
                for each in self.fake.messages(question.channel)
                if each.reference is not None
                and each.reference.message_id == question.id
                and each.author is self.fake.bot
                and f"{MODEL} ·" in each.content
            ]

        await self.fake.until(found, within_s=60)
        return found()[0]

    def service_environ(self) -> dict[str, str]:
        """Return what of the environment leads to the fake."""
        return {
            "DISCORD_TOKEN": self.fake.token,
            "DISCORD_API_URL": self.fake.api_url,
            "DISCORD_GATEWAY_URL": self.fake.gateway_url,
            "DISCORD_CDN_URL": self.fake.cdn_url,
        }
