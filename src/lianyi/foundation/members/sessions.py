"""Sessions of a member: the list of allauth's, which knows the browser and the address of each, and their end."""

from allauth.usersessions.models import UserSession

_SHOWN = 50


def sessions_of(member: int) -> list[UserSession]:
    """The open sessions, the newest first; those that ran out are forgotten on the way."""
    rows = UserSession.objects.filter(user_id=member).order_by("-pk")[:_SHOWN]
    return [one for one in rows if not one.purge()]


def end_sessions_of(member: int, *, but: str = "", only: int | None = None) -> int:
    """Ends every session, or the one of a number, at once; the one with the key `but` stays. How many ended."""
    rows = UserSession.objects.filter(user_id=member).exclude(session_key=but)
    ending = list(rows if only is None else rows.filter(pk=only))
    for one in ending:
        one.end()
    return len(ending)
