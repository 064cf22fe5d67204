from django.apps import AppConfig


class DomainsConfig(AppConfig):
    name = "lianyi.foundation.domains"
    label = "domains"
