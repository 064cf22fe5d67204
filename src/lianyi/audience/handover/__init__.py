"""Hand-over to sales: a person who becomes hot is offered to a member, who accepts or rejects, and then wins or loses.

Whom a person is offered to is said by the workspace's rules of assignment, the first that holds. An offer has a clock
in working time; when it runs out, the next member gets it, then a manager. Who was rejected or lost counts as nurture
for a while (`scoring.pausing`), and when that ends and they are still hot they become hot, and are offered, again. A
person has one open hand-over at a time. Hand-overs are a record and not derived: a replay makes none.

When two people become one, the earlier open hand-over stays and the other is closed as merged; taken apart again, each
goes on with its own.
"""
