"""The addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from lianyi.web import events, frame, overview, parts, people, people_export, person, signing, spend, tagging

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("overview/newest", overview.newest, name="newest"),
    path("overview/funnel", overview.funnel, name="funnel"),
    path("overview/newcomers", overview.newcomers, name="newcomers"),
    path("overview/stages", overview.stages, name="stages"),
    path("people", people.people, name="people"),
    path("people/export", people_export.export, name="export-people"),
    path("people/tags", tagging.begin, name="tag-people"),
    path("people/tags/<int:number>", tagging.progress, name="tagging"),
    path("people/tags/<int:number>/step", tagging.step, name="tagging-step"),
    path("people/<int:number>", person.person, name="person"),
    path("people/<int:number>/events", person.person_events, name="person-events"),
    path("events", events.events, name="events"),
    path("events/dead-letters", events.dead_letters, name="dead-letters"),
    path("events/dead-letters/<int:letter>", events.dead_letter, name="dead-letter"),
    path("events/dead-letters/<int:letter>/replay", events.dead_letter_replay, name="dead-letter-replay"),
    path("events/dead-letters/<int:letter>/drop", events.dead_letter_drop, name="dead-letter-drop"),
    path("spend", spend.spend, name="spend"),
    path("spend/lines", spend.spend_lines_part, name="spend-lines"),
    path("spend/add", spend.spend_add, name="spend-add"),
    path("spend/upload", spend.spend_upload, name="spend-upload"),
    path("spend/export.csv", spend.spend_export, name="spend-export"),
    path("spend/<int:line>", spend.spend_edit, name="spend-edit"),
    path("spend/<int:line>/delete", spend.spend_delete, name="spend-delete"),
    path("sign-in", signing.sign_in, name="sign-in"),
    path("sign-in/<str:secret>", signing.sign_in_link, name="sign-in-link"),
    path("sign-out", signing.sign_out, name="sign-out"),
    path("settings", frame.settings_home, name="settings"),
    path("theme", frame.theme, name="theme"),
    path("parts", parts.parts, name="parts"),
    path("language", set_language, name="language"),
]
