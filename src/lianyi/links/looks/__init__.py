"""Saved looks: how a brand's channel codes look, by name: colours, shape, logo, correction, caption and layout.

A look is chosen when a code is shown, taken or printed; one of them is the usual one. Promises that scanners read a
look that is kept, its logo included, which is kept once as a file of the media. Refuses a logo that is not the picture
that its name says.
"""
