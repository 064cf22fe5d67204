from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "lianyi.growth.surveys"
    label = "surveys"

    def ready(self) -> None:
        from lianyi.growth.surveys.storing import forget_identities
        from lianyi.people.erasing.above import keeps_people

        keeps_people("surveys", forget_identities)
