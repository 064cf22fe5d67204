from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lianyi.people.imports"
    label = "imports"
