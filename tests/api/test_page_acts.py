"""Everything that the pages do, a program can do: an address that takes a POST names its operation, or says why not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from lianyi.api import app  # noqa: F401  # declares all operations
from lianyi.api.operations import DECLARED
from lianyi.web.urls import urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)

# The act of a page, by the name of its address → the operations that do the same.
DONE_BY: dict[str, tuple[str, ...]] = {
    "export-people": ("export_people",),
    "tag-people": ("tag_people",),
    "tagging-stop": ("stop_tagging_people",),
    "person-trait": ("set_traits",),
    "person-tag": ("add_tag", "remove_tag"),
    "person-split": ("split_person",),
    "person-undo": ("undo_merge",),
    "person-export": ("export_one_person",),
    "person-erase": ("erase_person",),
    "person-hand-over": ("offer_person",),
    "handovers-export": ("export_handovers",),
    "handover-act": ("accept_handover", "reject_handover", "win_handover", "lose_handover", "pass_handover_on"),
    "segments-new": ("make_segment",),
    "segments-upload": ("upload_segment",),
    "segments-preview": ("preview_rule",),
    "segment-edit": ("change_segment",),
    "segment-rename": ("change_segment",),
    "segment-snapshot": ("make_segment",),
    "segment-export": ("list_segment_members",),
    "segment-delete": ("delete_segment",),
    "models-new": ("make_model",),
    "model-learn": ("learn_model",),
    "model-stop": ("stop_model",),
    "model-choose": ("choose_model",),
    "model-delete": ("delete_model",),
    "model-export": ("list_model_scores",),
    "worth-fit": ("fit_worth",),
    "worth-export": ("list_worths",),
    "worth-stop": ("stop_worth_run",),
    "experiments-new": ("make_experiment",),
    "experiment-export": ("count_exposures",),
    "experiment-edit": ("put_experiment",),
    "experiment-act": ("start_experiment", "end_experiment", "delete_experiment"),
    "scores-take": ("put_score_settings",),
    "settings-scoring-change": ("put_score_settings",),
    "settings-scoring-rule": ("preview_rule",),
    "settings-handover-change": ("put_handover_assignment",),
    "settings-handover-add": ("put_handover_assignment",),
    "settings-handover-press": ("put_handover_assignment",),
    "duplicates-search": ("start_duplicate_search",),
    "duplicates-stop": ("stop_duplicate_search",),
    "duplicate-answer": ("answer_duplicate",),
    "duplicate-undo": ("undo_duplicate_answer",),
    "conflict-answer": ("answer_identity_question",),
    "conflict-undo": ("undo_identity_answer",),
    "dead-letter-replay": ("retry_dead_letter",),
    "dead-letter-drop": ("drop_dead_letter",),
    "campaigns-new": ("make_campaign",),
    "campaign-edit": ("put_campaign",),
    "campaign-act": ("archive_campaign", "restore_campaign"),
    "gatherings-new": ("make_gathering",),
    "gathering-edit": ("change_gathering",),
    "gathering-act": (
        *("publish_gathering", "close_gathering", "archive_gathering", "resize_gathering", "call_gathering_off"),
    ),
    "gathering-cancel": ("cancel_registration",),
    "gathering-undo": ("undo_check_in",),
    "gathering-export": ("export_registrations",),
    "gathering-door-check": ("check_people_in",),
    "campaign-pack-save": ("put_share_pack",),
    "campaign-pack-renew": ("renew_share_address",),
    "links-new": ("make_link",),
    "links-upload": ("make_links_by_file",),
    "links-template": ("keep_link_template",),
    "links-template-delete": ("delete_link_template",),
    "links-looks-new": ("keep_code_look", "keep_code_logo"),
    "links-look": ("put_code_look", "keep_code_logo"),
    "links-look-delete": ("delete_code_look",),
    "links-sheets-print": ("print_codes",),
    "links-sheet-act": ("stop_code_sheet", "delete_code_sheet"),
    "link-edit": ("put_link",),
    "link-act": ("archive_link", "restore_link"),
    "forms-new": ("make_form",),
    "form-change": ("change_form", "publish_form"),
    "form-act": ("unpublish_form", "archive_form", "restore_form"),
    "form-version-restore": ("restore_form_version",),
    "form-export": ("export_submissions",),
    "pages-new": ("make_page",),
    "page-arrange": ("save_page_draft",),
    "page-block": ("save_page_draft", "put_page_file"),
    "page-add": ("save_page_draft", "put_page_file"),
    "page-about": ("save_page_draft", "rename_page", "put_page_file"),
    "page-variants": ("save_page_draft",),
    "page-act": ("publish_page", "unpublish_page", "archive_page", "bring_page_back", "restore_page_version"),
    "surveys-new": ("make_survey",),
    "interviews-new": ("record_interview",),
    "interview-edit": ("change_interview",),
    "interview-delete": ("delete_interview",),
    "interviews-export": ("export_interviews",),
    "survey-change": ("change_survey", "publish_survey"),
    "survey-act": ("unpublish_survey", "archive_survey", "restore_survey"),
    "survey-version-restore": ("restore_survey_version",),
    "survey-export": ("export_responses",),
    "survey-invite": ("invite_to_survey",),
    "settings-domains-add": ("add_domain",),
    "settings-domains-remove": ("remove_domain",),
    "spend-add": ("record_spend",),
    "spend-upload": ("record_spend_file",),
    "spend-edit": ("change_spend",),
    "spend-delete": ("delete_spend",),
    "imports": ("give_file",),
    "import": ("change_import",),
    "import-start": ("start_import",),
    "import-stop": ("stop_import",),
    "import-discard": ("discard_import",),
    "import-mapping": ("put_mapping",),
    "settings-traits-declare": ("put_trait",),
    "settings-traits-trust": ("put_trust",),
    "settings-stages-change": ("put_lifecycle",),
    "settings-funnel-change": ("set_funnel_step",),
    "settings-funnel-reset": ("reset_funnel_steps",),
    "settings-workspace": ("put_workspace",),
    "settings-workspace-second-factor": ("put_second_factor",),
    "settings-hours-week": ("put_working_hours",),
    "settings-hours-day": ("put_working_day",),
    "settings-hours-clear": ("clear_working_day",),
    "settings-keys-create": ("make_write_key",),
    "first-steps-key": ("make_write_key",),
    "settings-keys-revoke": ("stop_write_key",),
    "settings-tokens-create": ("make_token",),
    "settings-tokens-revoke": ("stop_token",),
    "settings-members": ("invite_member",),
    "settings-members-role": ("change_member",),
    "settings-members-remove": ("drop_member",),
    "settings-members-withdraw": ("stop_invitation",),
    "settings-accounts-connect": ("connect_account",),
    "settings-accounts-change": ("change_account",),
    "settings-accounts-renew": ("renew_account_secrets",),
    "settings-accounts-disconnect": ("disconnect_account",),
    "settings-webhooks-create": ("make_webhook",),
    "settings-webhooks-change": ("change_webhook",),
    "settings-webhooks-rotate": ("rotate_webhook_secret",),
    "settings-webhooks-press": ("switch_webhook_on", "switch_webhook_off", "test_webhook", "remove_webhook"),
    "settings-webhooks-resend": ("resend_delivery",),
}
# How a person comes in, and what only they may change of themselves: a program has its token.
OF_A_PERSON = ("/sign-", "/me", "/invitation/")
# What a page does for the one who looks at it, and no program has a use for.
OF_PAGES_ALONE = {
    "theme": "how the pages look to this browser",
    "follow": "what a visitor's browser gets past a link's password with",
    "share-name": "what a holder of links wishes of their own name",
    "language": "how the pages speak to this browser; a program says Accept-Language",
    "first-steps-copied": "what this browser was given",
    "survey-preview": "what is typed into the builder, as people would see it",
    "form-preview": "what is typed into the builder, as visitors would see it",
    "first-steps-close": "what this member's overview shows",
    "page-preview": "what is being typed, as a page",
    "settings": "leads to the first page of the settings",
}


def addresses(patterns: Any, before: str = "/") -> Iterator[tuple[str, str]]:
    """The name of each address, and the address with something in its places."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            route = str(one.pattern)
            for name, converter in one.pattern.converters.items():
                filled = "2000000" if type(converter).__name__ == "IntConverter" else "x"
                kind = type(converter).__name__.removesuffix("Converter").lower()
                route = route.replace(f"<{kind}:{name}>", filled).replace(f"<{name}>", filled)
            yield str(one.name), before + route


def acts() -> set[str]:
    """The names of addresses that take a POST."""
    found = [(name, place) for name, place in addresses(urlpatterns) if not place.startswith(OF_A_PERSON)]
    return {name for name, place in found if Client().post(place).status_code != 405}


def test_whatever_a_page_does_the_api_does() -> None:
    assert acts() == {*DONE_BY, *OF_PAGES_ALONE}


def test_the_operations_are_there_and_write() -> None:
    named = {name for names in DONE_BY.values() for name in names}
    assert named <= set(DECLARED)
    reading = {name for name in named if DECLARED[name].method == "GET"}
    assert reading == {
        *("export_people", "export_one_person", "export_handovers", "list_segment_members"),
        *("list_model_scores", "list_worths", "count_exposures", "export_submissions", "export_registrations"),
        *("export_responses", "export_interviews"),
    }
