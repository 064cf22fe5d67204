"""The profile as columns: person → value, a fact at a time, so that a rule's leaf is answered for a million people at
once.

A column is stored in runs: what one batch changed, or many batches together; the newest wins. It says nothing that
profiles do not say, and can be made anew from them at any time.
"""
