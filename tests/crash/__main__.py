"""`python -m tests.crash --rounds N`: every kill-and-check test, so many times; says how many passed."""

import argparse
import os
import subprocess
import sys


def main() -> int:
    """pytest's exit code."""
    parser = argparse.ArgumentParser(prog="tests.crash")
    parser.add_argument("--rounds", type=int, default=50)
    # They wait more than they compute, so more of them than there are cores.
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    asked = parser.parse_args()
    command = [sys.executable, "-m", "pytest", "-q", "-m", "crash", "--count", str(asked.rounds), "-n", str(asked.jobs)]
    return subprocess.run([*command, "tests"]).returncode


if __name__ == "__main__":
    sys.exit(main())
