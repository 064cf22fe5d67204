"""Orders: what was bought, given back and cancelled; the lines themselves stay in the lake."""
