"""Fixed random arms: who gets which version of something, and who has seen it.

A *test* has a name, a seed and arms with weights. A person's arm is drawn by a keyed hash of the seed and the person's
first identity: it is the same whoever asks and whenever, and stays when more becomes known of the person. Once a test
runs nothing of this can be changed; other weights are another test.

That somebody saw their arm is a fact, the event `arm.exposed`, once for each person and test, kept under the identity
that it came with. Of a person who was made one of several, the earliest exposure counts, and goes before what the hash
says; taken apart again, each has its own.
"""
