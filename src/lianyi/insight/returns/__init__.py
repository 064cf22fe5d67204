"""What money brought: cost per source beside the new people who came by it, and what they bought since.

A line of spend covers the people whose first source agrees in every part that the line names; who is covered by
several belongs to the one that names most parts. Currencies stay apart: a source that cost two has two lines.
"""
