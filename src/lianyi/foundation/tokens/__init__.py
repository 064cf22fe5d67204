"""API tokens: what lets a program call the API as a member lets it, with some of the member's abilities, for a time.

Promises that a secret is shown once and never stored: only its hash is. What a token may do is its scopes as far as its
maker's role reaches at the moment of the call, so a maker who left takes their tokens along. Refuses a token that was
revoked or has expired. Also keeps what is said of a token's calls: its pace, and answers that a repeated call gets.
"""
