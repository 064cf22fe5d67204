from django.apps import AppConfig


class DuplicatesConfig(AppConfig):
    name = "lianyi.people.duplicates"
    label = "duplicates"
