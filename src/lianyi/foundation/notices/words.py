"""What each notice says. Called with the member's language active."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lianyi.kernel.errors import Broken


class Notice(Enum):
    """Every notice there is."""

    INTAKE_PAUSED = "intake.paused"  # values: free, least (MB)
    WEBHOOK_DISABLED = "webhook.disabled"  # values: host, webhook, why (gone, failing)
    SIGN_IN_CODE = "sign_in.code"  # values: code
    NEW_DEVICE = "sign_in.new_device"  # values: at (UTC), device, address
    SECURITY_CHANGED = "sign_in.changed"  # values: at (UTC), what (a key of `changes`), address
    INVITATION = "member.invitation"  # values: workspace, link
    HANDOVER_OFFERED = "handover.offered"  # values: count, link
    FORM_SUBMITTED = "form.submitted"  # values: count, form, link


def changes() -> dict[str, str]:
    """What may change about how somebody signs in."""
    return {
        "member.password_changed": _("Your password was changed."),
        "member.totp_activated": _("An authenticator app was added to your account."),
        "member.totp_deactivated": _("The authenticator app was removed from your account."),
        "member.passkey_added": _("A passkey was added to your account."),
        "member.passkey_removed": _("A passkey was removed from your account."),
        "member.factors_forgotten": _(
            "Whoever runs Lianyi took away your authenticator app, passkeys and recovery codes."
        ),
        "member.recovery_codes_made": _("New recovery codes were made for your account."),
    }


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
        case Notice.HANDOVER_OFFERED:
            subject = ngettext(
                "{count} person is handed over to you", "{count} people are handed over to you", values["count"]
            )
            return Words(
                subject.format(**values),
                _("Accept or reject in time; what you leave goes to somebody else:\n\n{link}\n").format(**values),
            )
        case Notice.FORM_SUBMITTED:
            subject = ngettext(
                "{count} new submission of the form {form}",
                "{count} new submissions of the form {form}",
                values["count"],
            )
            return Words(
                subject.format(**values),
                _("Who they are and what they wrote stands in Lianyi:\n\n{link}\n").format(**values),
            )
        case _:
            return _of_accounts(notice, values)


def _of_accounts(notice: Notice, values: Mapping[str, Any]) -> Words:
    """What is said to one about how one signs in, or joins."""
    match notice:
        case Notice.SIGN_IN_CODE:
            return Words(
                _("{code} is your sign-in code").format(**values),
                _(
                    "Your code for signing in to Lianyi: {code}\n"
                    "\n"
                    "It works for ten minutes, in the browser where you asked for it. Tell it to nobody; if you did not"
                    " ask for it, you need not do anything.\n"
                ).format(**values),
            )
        case Notice.NEW_DEVICE:
            return Words(
                _("A new device signed in to your account"),
                _(
                    "Somebody signed in to Lianyi as you, with a device that was not seen before.\n"
                    "\n"
                    "When: {at} UTC\nDevice: {device}\nAddress: {address}\n"
                    "\n"
                    "If it was you, all is well. If not, change your password at once and end the other sessions:"
                    " your name at the bottom of the navigation leads there.\n"
                ).format(**values),
            )
        case Notice.SECURITY_CHANGED:
            return Words(
                _("How you sign in was changed"),
                _(
                    "{said}\n"
                    "\n"
                    "When: {at} UTC\nAddress: {address}\n"
                    "\n"
                    "If it was not you, tell an owner of your workspace at once.\n"
                ).format(said=changes().get(values["what"], values["what"]), **values),
            )
        case Notice.INVITATION:
            return Words(
                _("You are invited to {workspace}").format(**values),
                _(
                    "You are invited to work in {workspace} on Lianyi. This link lets you in; it works once, within"
                    " seven days:\n"
                    "\n"
                    "{link}\n"
                    "\n"
                    "If you do not know what this is about, you need not do anything.\n"
                ).format(**values),
            )
        case _:
            raise Broken("The notice {notice} has no words.", notice=notice.value)
