from django.apps import AppConfig


class LeasesConfig(AppConfig):
    name = "lianyi.foundation.leases"
    label = "leases"
