"""Surveys: what a brand wants to know of many people, asked page by page, and what they said.

A definition is data (`schemas`); each question is asked by fields of forms (`asking`), so the checks, what is shown
after which answer, and the sentences are those of forms, in the browser and here. Each page that somebody sends is an
event; responses are made from events by a projector. Promises that a person counts once, that a partial response is
kept, and that results are counted from sets of responses.
"""
