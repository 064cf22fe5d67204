"""Sheets of channel codes to print, as long work: asked for with a selection and a look, made by the worker, fetched as
a PDF.

Promises that a file that is offered is whole: it is written aside and named as the row says that it is done, and begun
anew where the worker died. A few codes are printed at once. Files are kept for some days.
"""
