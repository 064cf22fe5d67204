from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "lianyi.people.profiles"
    label = "profiles"
