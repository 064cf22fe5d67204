"""A score that is learned from the workspace's own outcomes: how likely somebody is to do something within some days.

A model learns from what was known at a past cut-off and from what happened in the days after it, and is tested on a
later cut-off that it has not seen; what it says of itself (how well it tells people apart, whether its probabilities
come true, what they rest on) is of that test. Who has too few outcomes is refused, a feature that gives the outcome
away is named and dropped, and a model that predicts nothing says so and gives no scores.

It stands beside the score that members made by hand, and replaces it nowhere by itself.
"""
