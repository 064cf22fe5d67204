"""The outbox: whatever leaves the system is first a row here, then claimed, then sent, then settled.

Promises that the same key makes one row; that `sending` is on disk before the call; that an unknown outcome is looked
up or put to a person and never blindly repeated; and that nothing leaves a workspace whose outbox is held, as all are
after a restore. Refuses another payload under a key that was used.
"""
