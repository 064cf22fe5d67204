"""Whether a browser may be shown what is meant for its person. No Django here: the edge asks it.

Whoever types somebody's address into a form, or tells the tracker of it, counts as them. What they do is that person's,
as it mostly is; but what is shown must not tell a stranger what is known of the person whose address they have typed.
So a browser is recognised where every name of its person is its own: the name came into being by an event of this
browser or with a name of its own, senders who vouch have said so, or it was confirmed in the browser. That the browser
was there before the name says nothing: a stranger may have come by years ago. Neither does a cookie that it was linked
to: an address with a click in it can be sent to anybody.
"""

# Names that are looked at: a browser with more is nobody's.
_MOST = 1_000
# What nobody can guess of another is no name.
_NAMED = "kind NOT IN ('cookie', 'device', 'openid', 'unionid')"
# Those that are the browser's own: itself by its `mark`, what was `proven` in it ("" in bytes for nothing), and so on.
# A name came into being by an event where both have one moment, and it has no older number: a sender may choose the
# moment, but not the numbers, of which those of one event are neighbours. A moment that anybody could guess is none:
# files of people have whole seconds and days.
OWN = f"""own (number) AS (
    SELECT number FROM identity WHERE workspace = %(workspace)s AND hash IN (%(mark)s, %(proven)s)
    UNION
    SELECT other.number FROM own, LATERAL (
        SELECT b AS number, strength, occurred_at FROM link WHERE workspace = %(workspace)s AND a = own.number
        UNION ALL
        SELECT a, strength, occurred_at FROM link WHERE workspace = %(workspace)s AND b = own.number) stated
    JOIN identity other ON other.workspace = %(workspace)s AND other.number = stated.number
    WHERE stated.strength < 2 OR (
        other.{_NAMED} AND other.first_seen_at = stated.occurred_at AND other.number >= own.number - 8
        AND stated.occurred_at %% 1000000 <> 0))"""
# Of the identity `i`, the browser's. Persons are looked for as their index has them.
_STRANGE = f"""o.workspace = i.workspace AND o.{_NAMED} AND o.number NOT IN (SELECT number FROM own LIMIT {_MOST})"""
RECOGNISED = f"""(i.person > 0
    AND NOT EXISTS (SELECT FROM identity o WHERE {_STRANGE} AND o.number = i.person)
    AND NOT EXISTS (SELECT FROM identity o WHERE {_STRANGE} AND o.person = i.person AND o.person < o.number))"""
