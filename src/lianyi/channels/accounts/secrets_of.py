"""Where the vault keeps the secrets of an account. No Django here."""


def place(account: int, name: str) -> str:
    """The name in the vault of a secret of an account."""
    return f"account/{account}/{name}"
