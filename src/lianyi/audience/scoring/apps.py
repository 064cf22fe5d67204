from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "lianyi.audience.scoring"
    label = "scoring"

    def ready(self) -> None:
        from lianyi.audience.scoring.storing import forget_people
        from lianyi.people.erasing.above import keeps_people

        keeps_people("scoring", forget_people)
