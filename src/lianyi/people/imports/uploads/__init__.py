"""Files that members give over the pages, and the jobs that import them.

Promises that a job goes on after a crash and counts exactly, that one runs at a time in a workspace, and that a file
stays no longer than it is needed. Refuses a file that is too large, or that the disk has no room for.
"""
