"""Links and channel codes: short addresses that say where whoever follows them came from.

A link stands on a domain of the workspace or on the installation's own address, and leads to a target that can be
changed, by place, device, language and weight. A channel code 渠道码 is a link that is printed and scanned. Each has a
`code`, which becomes that of the person's source. Promises that a target is a public web address or a known app, never
a script, a machine inside a network, a name that imitates another or a link of ours, and that a slug is one link's for
ever. What a redirect needs of a link (`schemas.Link`, `routing`, `looking_up`) knows no Django.
"""
