"""The log: each request body as it came, numbered once, and read in that order by every projector.

Promises: what `append` committed is read exactly once by each projector; (batch, position) of an event never changes;
an event whose id was taken before is left out, for ever. Refuses nothing: that is intake's part.
"""
