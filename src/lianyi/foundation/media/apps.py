from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "lianyi.foundation.media"
    label = "media"
