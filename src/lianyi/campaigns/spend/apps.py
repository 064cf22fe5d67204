from django.apps import AppConfig


class SpendConfig(AppConfig):
    name = "lianyi.campaigns.spend"
    label = "spend"
