"""What a phone number looks like, as one pattern that browsers and Python read alike.

It is made from the plan of numbers of the workspace's region, so that a number with a digit too few is noticed while
it is typed; one of another country is any that begins with + and has a plausible length.
"""

import re
from functools import lru_cache

import phonenumbers

ABROAD = "[1-9][0-9]{6,14}"
ANY = rf"^(?:(?:\+|00){ABROAD}|[0-9]{{5,15}})$"
_KINDS = ("mobile", "fixed_line", "toll_free", "shared_cost", "premium_rate", "voip", "uan", "personal_number")


@lru_cache(100)
def phone_pattern(region: str) -> str:
    """The pattern of a number without blanks and dashes, for a workspace of this region (ISO 3166)."""
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if plan is None or plan.country_code is None:
        return ANY
    kinds = [getattr(plan, name) for name in _KINDS]
    known = [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]
    if not known:
        return ANY
    national = f"(?:{'|'.join(dict.fromkeys(known))})"
    trunk = f"(?:{re.escape(plan.national_prefix)})?" if plan.national_prefix else ""
    code = plan.country_code
    return rf"^(?:{trunk}{national}|(?:\+|00){code}{national}|(?:\+|00)(?!{code}){ABROAD})$"
