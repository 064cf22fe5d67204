"""Traits: what is known of a person by name, typed, with who said so and when."""
