"""The pages of docs/reference, written from the program itself: `make reference`.

Promises that a page says what the program does: a test writes them anew and compares. Each sentence comes from where
the program has it (the help of a verb, the description of an operation, the docstring of the settings), in English
with the catalogue's Chinese beside it.
"""
