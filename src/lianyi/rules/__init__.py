"""Conditions about a person, as data: a frozen tree that is stored, sent and edited as the same JSON.

One tree has four readers: `describe` (a sentence), `holds` (one person, in memory), `needs` (what it depends on) and
`compile` (the set of people, by whoever answers its leaves). Their law: `holds` and `compile` agree for all rules,
people and events.

Two-valued: a test of something that a person does not have is false, so its Not is true. Texts and numbers never equal
each other. Texts compare without regard to the case of A–Z, numbers as binary doubles, days as they are in the
workspace's zone; N days of events are N times 24 hours.
"""
