from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "lianyi.growth.pages"
    label = "pages"

    def ready(self) -> None:
        from lianyi.audience.segments.using import asks_for_segments
        from lianyi.growth.pages.using import segments_asked

        asks_for_segments("pages", segments_asked)
