from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "lianyi.audience.handover"
    label = "handover"

    def ready(self) -> None:
        from lianyi.audience.handover.following import forget_people
        from lianyi.audience.handover.using import segments_asked
        from lianyi.audience.segments.using import asks_for_segments
        from lianyi.people.erasing.above import keeps_people

        keeps_people("handover", forget_people)
        asks_for_segments("handover", segments_asked)
