from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "lianyi.foundation.calendar"
    label = "calendar"
