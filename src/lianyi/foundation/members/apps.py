from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "lianyi.foundation.members"
    label = "members"
