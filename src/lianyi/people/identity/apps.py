from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "lianyi.people.identity"
    label = "identity"
