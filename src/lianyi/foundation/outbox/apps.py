from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "lianyi.foundation.outbox"
    label = "outbox"
