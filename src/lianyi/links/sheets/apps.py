from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "lianyi.links.sheets"
    label = "sheets"
