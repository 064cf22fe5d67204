"""What a campaign brought: from those who saw it to those who bought, by source and channel code.

An event counts for the campaign that it states as its source. What states none, an order for example, counts for the
campaign, and the source in it, by which the same person had come last within ATTRIBUTED_FOR; an event that states
another campaign never does. Machines count nowhere; how often they clicked is told beside.
"""
