from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "lianyi.foundation.vault"
    label = "vault"
