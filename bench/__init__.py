"""Benchmarks: what `make bench` prints, and the traffic they are fed with."""
