from django.apps import AppConfig


class LearnedConfig(AppConfig):
    name = "lianyi.audience.learned"
    label = "learned"

    def ready(self) -> None:
        from lianyi.audience.learned.scores import forget_people
        from lianyi.people.erasing.above import keeps_people

        keeps_people("learned", forget_people)
