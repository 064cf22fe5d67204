"""What each notice says. Called with the member's language active."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _


class Notice(Enum):
    """Every notice there is."""

    INTAKE_PAUSED = "intake.paused"  # values: free, least (MB)
    WEBHOOK_DISABLED = "webhook.disabled"  # values: host, webhook, why (gone, failing)


@dataclass(frozen=True)
class Words:
    """One notice in one language."""

    subject: str
    body: str


def words(notice: Notice, values: Mapping[str, Any]) -> Words:
    """The notice in the active language."""
    match notice:
        case Notice.INTAKE_PAUSED:
            return Words(
                _("Lianyi takes no events: the disk is nearly full"),
                _(
                    "{free} MB of the disk are free, and Lianyi keeps {least} MB free (LIANYI_MIN_FREE).\n"
                    "\n"
                    "Until there is room again, senders of events are answered 503 and should try again later. What was"
                    " acknowledged is safe. Make room: it goes on by itself.\n"
                ).format(**values),
            )
        case Notice.WEBHOOK_DISABLED:
            gone = _("{host} answered 410, which says that webhooks are not wanted there any more.")
            failing = _("For five days {host} has taken nothing.")
            return Words(
                _("Webhook {webhook} is switched off: {host}").format(**values),
                (gone if values["why"] == "gone" else failing).format(**values)
                + "\n\n"
                + _("Look at its log and switch it on again: Settings, Webhooks.").format(**values)
                + "\n",
            )
