from django.apps import AppConfig


class ArmsConfig(AppConfig):
    name = "lianyi.audience.arms"
    label = "arms"

    def ready(self) -> None:
        from lianyi.audience.arms.storing import forget_identities
        from lianyi.people.erasing.above import keeps_people

        keeps_people("arms", forget_identities)
