"""Searches that members ask for: one at a time in a workspace, run by the worker in a process of its own, since it
takes minutes of two processors and a gigabyte. How far it is stands in a row, so it survives whatever dies.
"""
