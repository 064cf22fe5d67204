"""Links and channel codes: their list, the form, the page of one, files of many."""
