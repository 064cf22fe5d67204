from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "lianyi.foundation.tokens"
    label = "tokens"
