"""The timeline: a person's events, newest first, from the lake and from the tail on its way there."""
