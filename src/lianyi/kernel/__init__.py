"""The ground floor: values that every other floor speaks in. Standard library, pyroaring and idna only."""
