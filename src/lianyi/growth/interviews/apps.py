from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "lianyi.growth.interviews"
    label = "interviews"

    def ready(self) -> None:
        from lianyi.growth.interviews.queries import forget_identities
        from lianyi.people.erasing.above import keeps_people

        keeps_people("interviews", forget_identities)
