from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "lianyi.foundation.webhooks"
    label = "webhooks"
