"""The lake: every event of a workspace, whole and for ever, in one Delta table at
`<root>/<workspace>/events`.

Promises that a batch of the log is in it exactly once, whatever stops a writer; that a row keeps the identity
it came with, so that merging people moves no row; and that erased rows leave the files, not only the table.
Refuses a writer whose fence number was overtaken. There are no partitions, no deletion vectors and no column
mapping, so that any engine that reads Parquet reads the files which the Delta log lists.
"""
