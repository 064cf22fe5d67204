"""What is known of people: traits, tags, consents, where they came from, orders, and their lifecycle.

Every fact is stored under the number of the *identity* it came with and is never moved. What is said of a person is a
pure function of the facts of the person's identities, so a merge and its un-merge are exact inverses by construction.
Each kind of fact merges with its like in any order and any grouping: a late event and an early one leave the same rows.
"""
