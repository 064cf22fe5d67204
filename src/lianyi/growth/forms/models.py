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
    host = models.TextField(db_default="")  # the own domain that it was filled in at
    confirm = models.TextField(db_default="")  # the field with the address that is to be confirmed
    confirmed_at = models.BigIntegerField(null=True)  # µs

    class Meta:
        db_table = "form_submission"
        indexes = [
            models.Index(fields=["workspace", "form", "-at", "-event"], name="form_submissions_newest"),
            models.Index(fields=["workspace", "identity"], name="form_submission_of_identity"),
        ]


class FormFile(models.Model):
    """A file that came with a submission; derived."""

    pk = models.CompositePrimaryKey("workspace", "file")
    workspace = models.IntegerField()
    file = models.TextField()  # 32 hex digits
    event = models.BinaryField()  # the submission's

    class Meta:
        db_table = "form_file"
        indexes = [models.Index(fields=["workspace", "event"], name="form_files_of")]


class FormLetter(models.Model):
    """What is to be told of a submission, or was: a record that a rebuild neither makes again nor takes away."""

    class State(models.TextChoices):
        DUE = "due"
        TOLD = "told"
        LATE = "late"  # too old when somebody looked
        SPARED = "spared"  # the address had got enough

    pk = models.CompositePrimaryKey("workspace", "event", "kind")
    at = models.BigIntegerField()  # µs: of the submission
    told_at = models.BigIntegerField(null=True)
    workspace = models.IntegerField()
    form = models.IntegerField()
    event = models.BinaryField()  # the submission's
    kind = models.TextField()  # letters.Kind
    state = models.TextField()
    recipient = models.BinaryField(null=True)  # digest of the address that it went to

    class Meta:
        db_table = "form_letter"
        indexes = [
            models.Index(fields=["workspace", "kind", "at"], name="form_letters_due", condition=models.Q(state="due")),
            models.Index(
                fields=["recipient", "told_at"],
                name="form_letters_to",
                condition=models.Q(recipient__isnull=False),
            ),
            models.Index(fields=["workspace", "form", "kind", "-told_at"], name="form_letters_told"),
            models.Index(fields=["at"], name="form_letters_oldest"),
        ]
