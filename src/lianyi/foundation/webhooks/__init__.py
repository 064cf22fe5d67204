"""Webhooks out: what happens here is told to addresses of the workspace, by the Standard Webhooks specification.

An endpoint says where to and of which events. What is to be told is a row of the outbox of the kind `webhook:N`, N
being the endpoint, so that one that does not answer holds up no other. Promises that each event is enqueued once and
arrives at least once, signed, and that no address inside the own network is called. Refuses redirects.
"""
