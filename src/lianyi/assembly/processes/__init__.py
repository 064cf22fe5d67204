"""The processes of an installation: `up` supervises one edge, one web, one worker and the embedded PostgreSQL.

Promises: whatever dies comes back; a stop ends everything in order; nothing outlives the supervisor, even one that was
killed with -9; one `up` per home. Refuses a second one, naming where the first can be reached.
"""
