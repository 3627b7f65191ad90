"""Who is there: people, user groups, the workspace, the bot itself; and how an app gets in."""

from collections.abc import Mapping
from typing import Final

from tests.fakes.slack.asks import Ask, Method, method
from tests.fakes.slack.payloads import group_json, user_json
from tests.fakes.slack.refusals import refused
from tests.fakes.slack.world import APP_ID, Json, Team, User

CLIENT_ID: Final = "1234567890.0987654321"
CLIENT_SECRET: Final = "not-a-client-secret"


def _test(ask: Ask) -> Json:
    team = ask.team
    return {
        "url": f"{ask.world.host_url}/",
        "team": team.name,
        "team_id": team.id,
        "user": team.bot.name,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "app_id": APP_ID,
        "is_enterprise_install": False,
        **({"enterprise_id": team.enterprise_id} if team.enterprise_id else {}),
    }


def _revoke(ask: Ask) -> Json:
    ask.token.is_revoked = True
    return {"revoked": True}


def _connect(ask: Ask) -> Json:
    ticket = ask.world.new_id("W")
    ask.world.socket_tickets.add(ticket)
    host = ask.world.host_url.replace("http://", "ws://")
    return {"url": f"{host}/link/?ticket={ticket}&app_id={APP_ID}"}


def _sees(user: User, team: Team) -> bool:
    shared = (channel for channel in team.world.channels.values() if channel.teams)
    return user.team is team or any(
        user.id in channel.members and team in (channel.team, *channel.teams) for channel in shared
    )


def _user_info(ask: Ask) -> Json:
    user = ask.user("user")
    if not _sees(user, ask.team):
        raise refused("user_not_found")
    written = user_json(user)
    if user.team is not ask.team:
        written["is_stranger"] = True
    return {"user": written}


def _groups(ask: Ask) -> Json:
    with_users = ask.flag("include_users")
    groups = ask.team.groups.values()
    return {"usergroups": [group_json(each, ask.team, with_users=with_users) for each in groups]}


def _group_users(ask: Ask) -> Json:
    group = ask.team.groups.get(ask.text("usergroup"))
    if group is None:
        raise refused("no_such_subteam")
    return {"users": [user.id for user in group.members]}


def _bot_info(ask: Ask) -> Json:
    if ask.text("bot") not in {"", ask.team.bot_id}:
        raise refused("bot_not_found")
    bot = ask.team.bot
    told = {"id": ask.team.bot_id, "deleted": False, "name": bot.name, "app_id": APP_ID}
    return {"bot": told | {"user_id": bot.id, "icons": {}, "updated": 1_700_000_000}}


def _team_info(ask: Ask) -> Json:
    team = ask.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.name, "icon": {}}}


def access(args: Json, teams_by_code: dict[str, Team]) -> Team:
    """Return which workspace a code of an installation stands for; each is good once.

    Raises:
        Refused: The app did not say who it is, or the code is not good.
    """
    if args.get("client_id") != CLIENT_ID:
        raise refused("invalid_client_id")
    if args.get("client_secret") != CLIENT_SECRET:
        raise refused("bad_client_secret")
    team = teams_by_code.pop(str(args.get("code")), None)
    if team is None:
        raise refused("invalid_code")
    return team


def granted(team: Team, scopes: set[str]) -> Json:
    """Write what an app is given when it is installed."""
    enterprise = {"id": team.enterprise_id, "name": "grid"} if team.enterprise_id else None
    return {
        "access_token": team.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(scopes)),
        "bot_user_id": team.bot.id,
        "app_id": APP_ID,
        "team": {"name": team.name, "id": team.id},
        "enterprise": enterprise,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(team.users))},
    }


METHODS: Final[Mapping[str, Method]] = {
    "auth.test": method(_test, 4),
    "auth.revoke": method(_revoke, 3, "", "test"),
    "apps.connections.open": method(_connect, 3, scope="connections:write", of_app=True),
    "users.info": method(_user_info, 4, "user", "include_locale", scope="users:read"),
    "usergroups.list": method(
        _groups,
        2,
        "",
        "include_users include_count include_disabled team_id",
        scope="usergroups:read",
    ),
    "usergroups.users.list": method(
        _group_users, 2, "usergroup", "include_disabled team_id", scope="usergroups:read"
    ),
    "bots.info": method(_bot_info, 3, "", "bot team_id", scope="users:read"),
    "team.info": method(
        _team_info, 3, "", "team domain include_slackbot_availability", scope="team:read"
    ),
}
