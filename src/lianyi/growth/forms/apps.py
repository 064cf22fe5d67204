from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "lianyi.growth.forms"
    label = "forms"

    def ready(self) -> None:
        from lianyi.growth.forms.storing import forget_identities
        from lianyi.people.erasing.above import keeps_people

        keeps_people("forms", forget_identities)
