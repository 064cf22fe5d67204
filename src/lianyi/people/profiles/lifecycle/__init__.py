"""The lifecycle: six stages that people move through, by what they do and by what they stop doing."""
