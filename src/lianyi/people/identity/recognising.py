"""Whether a browser may be shown what is meant for its person. No Django here: the edge asks it.

Whoever types somebody's address into a form, or tells the tracker of it, counts as them. What they do is that person's,
as it mostly is; but what is shown must not tell a stranger what is known of the person whose address they have typed.
So a browser is recognised where nothing by which its person is called was there before it, but for what came by the
same event, what senders who vouch have named it with, and the address that was confirmed in it.
"""

# Those that are vouched for: the browser by its `mark`, what was `proven` in it ("" in bytes for nothing), and what
# senders who vouch have said of either, and so on.
VOUCHED = """vouched (number) AS (
    SELECT number FROM identity WHERE workspace = %(workspace)s AND hash IN (%(mark)s, %(proven)s)
    UNION
    SELECT other.number FROM vouched v, LATERAL (
        SELECT b AS number FROM link WHERE workspace = %(workspace)s AND a = v.number AND strength < 2
        UNION ALL
        SELECT a FROM link WHERE workspace = %(workspace)s AND b = v.number AND strength < 2) other)"""
# Of the identity `i`, the browser's. The claims of one event have neighbouring numbers and one moment: a sender may
# choose the moment, but not the numbers. What nobody can guess of another is no name. Persons are looked for as
# their index has them.
_BEFORE = """o.workspace = i.workspace AND o.number < i.number
        AND o.kind NOT IN ('cookie', 'device', 'openid', 'unionid')
        AND (o.number < i.number - 8 OR o.first_seen_at <> i.first_seen_at)
        AND o.number NOT IN (SELECT number FROM vouched)"""
RECOGNISED = f"""(i.number = i.person OR (
    NOT EXISTS (SELECT FROM identity o WHERE {_BEFORE} AND o.number = i.person)
    AND NOT EXISTS (SELECT FROM identity o WHERE {_BEFORE} AND o.person = i.person AND o.person <> o.number)))"""
