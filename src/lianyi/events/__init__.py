"""Floor 3: what happened. Events come in, are numbered once, and are kept whole for ever."""
