"""The port: what a connector may be asked, and what it answers, whatever the platform.

A connector implements the protocols that it can and no more. What goes out and fails is named by what the caller must
do next (`kernel.outcomes`); what comes in and is not the platform's is a `CallRefused`.
"""
