"""Answers that take longer than a page may: the last one is kept with its moment, and a new one is counted beside.

Promises that whoever asks waits a tenth of a second at the most. An answer is fresh when nothing that it was counted
from has changed since; an older one is shown with its moment while the next is on its way. Everything here can be
dropped at any time. What is kept are counts, never who was counted.
"""
