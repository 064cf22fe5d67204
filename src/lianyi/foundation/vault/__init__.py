"""The vault: secrets that must be readable again, such as the tokens of connected accounts; never passwords.

Each is sealed by AES-GCM under a key that follows from the installation's own (`secret.key`), bound to its workspace
and name: a sealed text moved to another row does not open. Promises that only `queries.secret` gives one away, as a
`Secret` that no log or page prints. Each row names its key, so that a key can be followed by another: `actions.reseal`
moves what the older ones sealed. Refuses to open what none of the installation's keys sealed.
"""
