"""Floor 11: the fast door. A raw ASGI app without Django: collector, tracker, live streams, and the proxy to the pages.

Promises that a 2xx answer to an event means that it is on disk. Refuses what intake refuses, with 4xx and a reason;
when the disk is nearly full or the database does not answer it says 503, and takes events again as soon as it can.
"""
