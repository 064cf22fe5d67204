"""Floor 11: the API under `/api/v1`, for programs with a token: whatever the pages do, as JSON.

`door` lets a call in, `operations` says what an operation declares, `problems` tells every error, `app` knows all
operations. Promises problem+json for every error, in the caller's language; a cursor for every list; an answer that is
given again for a repeated POST that names a key. Refuses sessions: a browser's cookies open nothing here.
"""
