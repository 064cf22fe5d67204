from django.apps import AppConfig


class FunnelConfig(AppConfig):
    name = "lianyi.insight.funnel"
    label = "funnel"
