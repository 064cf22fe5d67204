from django.apps import AppConfig


class ColumnsConfig(AppConfig):
    name = "lianyi.people.columns"
    label = "columns"
