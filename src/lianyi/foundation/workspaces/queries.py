"""Reads of workspaces."""

from zoneinfo import ZoneInfo

from lianyi.foundation.workspaces.models import Workspace, WriteKey
from lianyi.foundation.workspaces.schemas import KeyLine
from lianyi.kernel.errors import Refused


def workspace_by_slug(slug: str | None) -> Workspace:
    """The workspace of this slug; without one, the only workspace there is."""
    if slug is None:
        found = list(Workspace.objects.order_by("pk")[:20])
        if len(found) == 1:
            return found[0]
        if not found:
            raise Refused("workspace.none", "There is no workspace yet.", "Run `lianyi up` or `lianyi demo` first.")
        raise Refused(
            "workspace.which",
            "There are several workspaces: {slugs}.",
            "Name one with --workspace SLUG.",
            slugs=[one.slug for one in found],
        )
    try:
        return Workspace.objects.get(slug=slug)
    except Workspace.DoesNotExist:
        raise Refused("workspace.unknown", "There is no workspace {slug!r}.", slug=slug) from None


def has_workspace(slug: str) -> bool:
    """Whether there is a workspace of this slug."""
    return Workspace.objects.filter(slug=slug).exists()


def oldest_workspace() -> Workspace | None:
    """The first workspace of this installation; None in an empty one."""
    return Workspace.objects.order_by("pk").first()


def slugs() -> dict[int, str]:
    """The slug of each workspace, by id."""
    return dict(Workspace.objects.order_by("pk").values_list("pk", "slug"))


def workspace_ids() -> list[int]:
    """The ids of all workspaces, ascending."""
    return list(Workspace.objects.order_by("pk").values_list("pk", flat=True))


def region_of(workspace: int) -> str:
    """How a phone number without a country code is read there (ISO 3166). Refuses an unknown workspace."""
    region = Workspace.objects.filter(pk=workspace).values_list("region", flat=True).first()
    if region is None:
        raise Refused("workspace.unknown", "There is no workspace {workspace}.", workspace=workspace)
    return region


def currency_of(workspace: int) -> str:
    """The currency of amounts that name none there (ISO 4217). Refuses an unknown workspace."""
    currency = Workspace.objects.filter(pk=workspace).values_list("currency", flat=True).first()
    if currency is None:
        raise Refused("workspace.unknown", "There is no workspace {workspace}.", workspace=workspace)
    return currency


def zone_of(workspace: int) -> ZoneInfo:
    """The time zone of its days. Refuses an unknown workspace."""
    zone = Workspace.objects.filter(pk=workspace).values_list("zone", flat=True).first()
    if zone is None:
        raise Refused("workspace.unknown", "There is no workspace {workspace}.", workspace=workspace)
    return ZoneInfo(zone)


def key_groups(workspace: int) -> list[str]:
    """The groups of the workspace's write keys, revoked ones included."""
    groups = WriteKey.objects.filter(workspace=workspace).order_by("group").values_list("group", flat=True)
    return list(groups.distinct())


def write_keys(workspace: int) -> list[KeyLine]:
    """The workspace's write keys, revoked ones included, the newest first."""
    return [
        KeyLine(key.pk, key.kind, key.group, key.hint, key.label, key.created_at, key.revoked_at)
        for key in WriteKey.objects.filter(workspace=workspace).order_by("-pk")
    ]


def public_key(workspace: int) -> str:
    """The newest browser key that works, whole: it is for every page of a website. Empty when there is none."""
    working = WriteKey.objects.filter(workspace=workspace, kind=WriteKey.Kind.BROWSER, revoked_at=None)
    return working.exclude(public=None).order_by("-pk").values_list("public", flat=True).first() or ""


def workspace_of_id(workspace: int) -> Workspace:
    """The workspace of this id. Refuses an unknown one."""
    found = Workspace.objects.filter(pk=workspace).first()
    if found is None:
        raise Refused("workspace.unknown", "There is no workspace {workspace}.", workspace=workspace)
    return found
