from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "lianyi.campaigns.campaigns"
    label = "campaigns"
