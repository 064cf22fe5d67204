from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "lianyi.events.log"
    label = "log"
