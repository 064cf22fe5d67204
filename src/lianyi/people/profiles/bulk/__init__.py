"""One thing done to many people at once, step by step, so that a large set neither blocks nor is done twice."""
