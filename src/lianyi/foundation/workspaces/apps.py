from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    name = "lianyi.foundation.workspaces"
    label = "workspaces"
