from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "lianyi.links"
    label = "links"
