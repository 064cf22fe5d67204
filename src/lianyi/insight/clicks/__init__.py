"""Who followed links and scanned codes: of a link, a list of them, or a campaign, by day, place and device.

Counted are the clicks on links of ours, scans that WeChat tells included, those in the lake and those on the way there,
to the unit. People are who the visitors are known to be today; a visitor who must not be known counts among the times
alone. Machines count nowhere; how often they came is told beside.
"""
