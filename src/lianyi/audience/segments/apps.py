from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "lianyi.audience.segments"
    label = "segments"

    def ready(self) -> None:
        from lianyi.audience.segments.filling import forget_files
        from lianyi.audience.segments.storing import forget_people
        from lianyi.people.erasing.above import keeps_people

        keeps_people("segments", forget_people)
        keeps_people("segment-lists", forget_files)
