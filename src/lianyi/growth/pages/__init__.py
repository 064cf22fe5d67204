"""Landing pages: what a brand shows to people who follow a link, a code or an advertisement.

A page is data: blocks in order, their words in two languages, how it looks and what search engines are told
(`schemas`). One function draws it (`rendering`), for the visitor, the preview and the tests alike, whole and without a
script. Promises that text stays text, that nothing is asked of a third party, that a page weighs less than 100 kB, and
that a version which was published can be had again. Refuses targets that run something or lead into somebody's own
network, and a page that two members change at once.
"""
