"""Own domains: hosts on which links, pages and forms of a workspace stand beside the installation's own address.

A host belongs to one workspace of the whole installation. Promises that it is kept as it goes over the wire, in small
letters and in its xn-- form. Refuses what is no name of a public host, and the installation's own.
"""
