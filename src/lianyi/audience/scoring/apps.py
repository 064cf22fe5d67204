from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "lianyi.audience.scoring"
    label = "scoring"

    def ready(self) -> None:
        from lianyi.audience.scoring.queries import people_in
        from lianyi.audience.scoring.storing import forget_people
        from lianyi.people.erasing.above import keeps_people
        from lianyi.people.profiles.queries import says_states

        keeps_people("scoring", forget_people)
        says_states("scoring", people_in)
