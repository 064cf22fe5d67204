"""Who acts, and what they may: roles, abilities, and the check at the head of every action.

A door opens `acting_as` for its member, token or operator; an action names the ability that it asks for with `needs`.
Promises that an action refuses whoever lacks the ability in that workspace, whichever door they came through. What
runs outside any door (the worker, the program itself) is the system, which may do everything.
"""
