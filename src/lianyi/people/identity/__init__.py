"""Identity: which claims speak of one person.

Every phone, e-mail, cookie or id is an *identity* with a number of its own; a *person* is a group of identities and
has the smallest of their numbers. Facts stay with the identity they came with, so a merge and its un-merge move
nothing but the column `identity.person`.

Promises that grouping is a pure function of the set of facts: the order of arrival does not matter, a replay gives
the same, and a merge followed by its un-merge leaves everything as it was. Refuses to join two different strong
identities of one kind and scope, or what a member keeps apart, unless a member says so.
"""
