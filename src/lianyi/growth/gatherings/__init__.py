"""Gatherings: events of a brand, online and offline: who registered, who has a seat, who came and who did not.

A registration is an event first, and so are a cancellation, a change of the number of seats and a check-in. Who has a
seat and who waits is one function of these in their order (`seats`): first come, first seated, and when a seat frees
whoever waits longest has it. A ticket is a signed word (`tickets`) that stands for a registration and holds nothing
else. Promises that two check-ins at once count once, that nobody loses a seat because seats become fewer or somebody is
erased, and that the address of an online gathering is shown to those who have a seat only.
"""
