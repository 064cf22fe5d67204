"""Media: the files of a workspace, such as pictures for posts, kept once by their content.

A file lies in `LIANYI_HOME/media/<workspace>/<2 digits>/<sha256>`, a row says what it is and whose. Promises that a
file that a row names is whole and on disk, that putting one twice keeps it once, and that it goes when the last row
that names it goes. Refuses what is not what its name says, types outside its list, and what is too large to keep or to
open.

A row's `person` is the number the file came with. A merge moves no row: whoever erases a person names each number of
its group.
"""
