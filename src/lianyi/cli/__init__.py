"""Floor 11: the command line.

A verb is a module here that exports `app`; `registry` lists them, `frame` gives each the same two options, the same
two streams and the same exit codes. Verbs about processes and the database itself are in the assembly.
"""
