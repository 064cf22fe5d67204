from django.apps import AppConfig


class LooksConfig(AppConfig):
    name = "lianyi.links.looks"
    label = "looks"
