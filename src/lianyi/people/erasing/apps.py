from django.apps import AppConfig


class ErasingConfig(AppConfig):
    name = "lianyi.people.erasing"
    label = "erasing"
