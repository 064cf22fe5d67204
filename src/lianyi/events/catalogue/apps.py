from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "lianyi.events.catalogue"
    label = "catalogue"
