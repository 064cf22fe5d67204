"""What buyers are worth: whether they are still customers, how often they will buy, and what that comes to.

Two models that are fitted to a workspace's own orders and dated: BG/NBD of when people buy (`purchasing`) and
Gamma-Gamma of how much they spend (`spending`). Nothing is kept of a person: what the models say of somebody is worked
out from the orders when it is asked for. Too few buyers are refused: the models would say something of any number.
"""
