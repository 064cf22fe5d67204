from django.apps import AppConfig


class WorthConfig(AppConfig):
    name = "lianyi.audience.worth"
    label = "worth"
