"""Rows of forms, of what was published of them, and of submissions."""

from django.db import models


class FormRow(models.Model):
    """A form: its draft, and which version of it the world sees."""

    workspace = models.IntegerField()
    address = models.TextField(unique=True)  # /f/ADDRESS
    name = models.TextField()  # what members call it
    draft = models.TextField()  # a definition's JSON
    published = models.IntegerField(null=True)  # the newest version
    state = models.TextField()  # schemas.State
    created_at = models.BigIntegerField()  # µs
    changed_at = models.BigIntegerField()

    class Meta:
        db_table = "form"
        indexes = [models.Index(fields=["workspace", "-id"], name="forms_newest")]


class FormVersion(models.Model):
    """What was published, as it was: the words that somebody agreed to are looked up here. Never changed."""

    form = models.ForeignKey(FormRow, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    definition = models.TextField()
    digest = models.TextField()
    published_at = models.BigIntegerField()
    published_by = models.TextField()

    class Meta:
        db_table = "form_version"
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="form_version_once")]


class FormSubmission(models.Model):
    """What an event `form.submitted` says; derived, and under the identity that the event came with."""

    pk = models.CompositePrimaryKey("workspace", "event")
    at = models.BigIntegerField()  # µs
    workspace = models.IntegerField()
    form = models.IntegerField()
    version = models.IntegerField()
    identity = models.IntegerField()  # 0: nobody is known by it
    event = models.BinaryField()
    answers = models.TextField()  # JSON
    found_by = models.TextField()  # what the answers hold as text, to be searched
    language = models.TextField()
    channel = models.TextField()  # of its source; "" none
    campaign = models.TextField()
    code = models.TextField()
    page = models.TextField()

    class Meta:
        db_table = "form_submission"
        indexes = [
            models.Index(fields=["workspace", "form", "-at", "-event"], name="form_submissions_newest"),
            models.Index(fields=["workspace", "identity"], name="form_submission_of_identity"),
        ]
