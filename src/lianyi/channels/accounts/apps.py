from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "lianyi.channels.accounts"
    label = "channel_accounts"
