from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "lianyi.foundation.notices"
    label = "notices"
