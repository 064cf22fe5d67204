from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "lianyi.foundation.audit"
    label = "audit"
