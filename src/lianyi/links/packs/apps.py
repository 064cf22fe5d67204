from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "lianyi.links.packs"
    label = "packs"
