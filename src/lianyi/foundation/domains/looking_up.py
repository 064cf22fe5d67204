"""Finds whose an own domain is, in one statement of SQL, for whoever has no Django."""

FIND = """
SELECT d.workspace_id, w.slug, d.purpose FROM domain d JOIN workspace w ON w.id = d.workspace_id
WHERE d.host = lower(%(host)s) AND NOT d.waits
"""
