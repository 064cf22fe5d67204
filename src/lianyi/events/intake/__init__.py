"""Intake: what comes in from outside is judged here, once, by pure functions.

Two readings exist of each request body. `accept` runs at the door: it judges every event and says what is wrong with
the bad ones. `events` runs in the pipeline and again in a replay: it decodes what was accepted. Both see the bytes as
they came. Refuses names with a dot (they are ours), times that cannot be, and events that are too large or too deep.
"""
