from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "lianyi.growth.gatherings"
    label = "gatherings"

    def ready(self) -> None:
        from lianyi.growth.gatherings.storing import forget_identities
        from lianyi.people.erasing.above import keeps_people

        keeps_people("gatherings", forget_identities)
