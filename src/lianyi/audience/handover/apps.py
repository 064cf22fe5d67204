from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "lianyi.audience.handover"
    label = "handover"

    def ready(self) -> None:
        from lianyi.audience.handover.following import forget_people
        from lianyi.people.erasing.above import keeps_people

        keeps_people("handover", forget_people)
