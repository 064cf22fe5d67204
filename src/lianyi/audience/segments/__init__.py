"""Segments: named sets of people. A *live* one is what a rule says, kept right by what happens and by the passing of
time; a *snapshot* is who it was at one moment; a *list* is who somebody uploaded.

The members are a set, and so is every change of them: who entered, who left, when and why. The set of now is a set of
some moment with the changes since, so a change costs what has changed. What a change means for a person becomes an
event, `segment.entered` or `segment.left`, once and in order; a rule that was written or rewritten moves people without
a word, since nobody did anything.

When two people become one, that one is what either was; when one becomes two, both are what it was: nobody enters or
leaves by it.
"""
