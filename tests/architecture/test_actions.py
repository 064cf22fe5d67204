"""Whatever a door can call to change something asks who calls it."""

import importlib
import inspect
import pkgutil

import lianyi

# What no door calls for somebody: the pipeline, the worker, `up`, and what other actions build on.
OF_THE_SYSTEM = {
    "lianyi.audience.arms.actions.expose",  # whoever shows the arm has asked already
    "lianyi.events.lake.actions",
    "lianyi.events.log.actions",
    "lianyi.foundation.audit.actions",
    "lianyi.foundation.leases.actions",
    "lianyi.foundation.media.actions",
    "lianyi.foundation.members.invitations.actions.accept_invitation",  # the link is the permission
    "lianyi.foundation.members.invitations.actions.secret_of",
    "lianyi.foundation.members.actions.ensure_member",
    "lianyi.foundation.members.actions.issue_sign_in_link",
    "lianyi.foundation.members.actions.issue_sign_in_path",
    "lianyi.foundation.members.actions.redeem_sign_in_link",
    "lianyi.foundation.notices.actions",
    "lianyi.foundation.outbox.actions.claim",
    "lianyi.foundation.outbox.actions.claim_open",
    "lianyi.foundation.outbox.actions.discard",
    "lianyi.foundation.outbox.actions.enqueue",
    "lianyi.foundation.outbox.actions.enqueue_new",
    "lianyi.foundation.outbox.actions.send_again",
    "lianyi.foundation.outbox.actions.settle",
    "lianyi.foundation.outbox.actions.settle_lost",
    "lianyi.foundation.tokens.actions.note_use",
    "lianyi.foundation.vault.actions",
    "lianyi.foundation.workspaces.actions.create_workspace",
    "lianyi.people.columns.actions",
    "lianyi.people.duplicates.actions.forget",
    "lianyi.people.duplicates.actions.keep_found",
    "lianyi.people.erasing.actions.settle",
    "lianyi.people.profiles.actions.record_dormancy",
}
# What a member does to themselves: each asks `require_oneself`.
OF_ONESELF = {"lianyi.foundation.members.own.actions"}


def test_every_action_of_a_member_names_the_ability_that_it_needs() -> None:
    modules = [name for _, name, _ in pkgutil.walk_packages(lianyi.__path__, "lianyi.") if name.endswith(".actions")]
    unguarded, found = [], set(modules)
    for name in modules:
        for verb, function in inspect.getmembers(importlib.import_module(name), inspect.isfunction):
            if verb.startswith("_") or function.__module__ != name:
                continue
            found.add(f"{name}.{verb}")
            if not {name, f"{name}.{verb}"} & (OF_THE_SYSTEM | OF_ONESELF) and not hasattr(function, "__needs__"):
                unguarded.append(f"{name}.{verb}")
    assert unguarded == []
    assert sorted((OF_THE_SYSTEM | OF_ONESELF) - found) == []
