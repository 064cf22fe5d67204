"""Rows of surveys, of what was published of them, and of responses."""

from django.db import models


class SurveyRow(models.Model):
    """A survey: its draft, and which version of it the world sees."""

    workspace = models.IntegerField()
    address = models.TextField(unique=True)  # /s/ADDRESS
    name = models.TextField()  # what members call it
    draft = models.TextField()  # a definition's JSON
    published = models.IntegerField(null=True)  # the newest version
    state = models.TextField()  # lines.State
    created_at = models.BigIntegerField()  # µs
    changed_at = models.BigIntegerField()

    class Meta:
        db_table = "survey"
        indexes = [models.Index(fields=["workspace", "-id"], name="surveys_newest")]


class SurveyVersion(models.Model):
    """What was published, as it was: answers are read by it. Never changed."""

    survey = models.ForeignKey(SurveyRow, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    definition = models.TextField()
    digest = models.TextField()
    published_at = models.BigIntegerField()
    published_by = models.TextField()

    class Meta:
        db_table = "survey_version"
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once")]


class SurveyResponse(models.Model):
    """What somebody has answered so far; derived, under the identity that the last event of it came with."""

    pk = models.CompositePrimaryKey("workspace", "response")
    began_at = models.BigIntegerField()  # µs
    at = models.BigIntegerField()
    workspace = models.IntegerField()
    survey = models.IntegerField()
    version = models.IntegerField()
    identity = models.IntegerField()  # 0: nobody is known by it
    page = models.IntegerField()  # the last that was sent, from 1
    stage = models.SmallIntegerField()  # 0 under way, 1 screened out, 2 completed
    response = models.BinaryField()
    event = models.BinaryField()  # the last one
    answers = models.JSONField()
    quotas = models.JSONField()  # the keys of those that it counts for
    found_by = models.TextField()  # what the answers hold as text, to be searched
    language = models.TextField()
    channel = models.TextField()  # of its source; "" none
    campaign = models.TextField()
    code = models.TextField()

    class Meta:
        db_table = "survey_response"
        indexes = [
            models.Index(fields=["workspace", "survey", "-at", "-response"], name="survey_responses_newest"),
            models.Index(fields=["workspace", "identity"], name="survey_response_of_identity"),
            models.Index(
                fields=["workspace", "survey"], name="survey_responses_completed", condition=models.Q(stage=2)
            ),
        ]
