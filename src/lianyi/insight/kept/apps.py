from django.apps import AppConfig


class KeptConfig(AppConfig):
    name = "lianyi.insight.kept"
    label = "kept"
