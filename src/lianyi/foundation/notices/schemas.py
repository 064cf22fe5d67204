"""What other rooms name of notices."""

from lianyi.foundation.notices.words import Notice

__all__ = ["MAIL", "Notice"]

MAIL = "mail"  # the kind of the outbox's rows that are mail
