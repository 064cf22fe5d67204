"""`python -m tests.crash --rounds N`: every kill-and-check test, so many times; says how many passed."""

import argparse
import subprocess
import sys


def main() -> int:
    """pytest's exit code."""
    parser = argparse.ArgumentParser(prog="tests.crash")
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    command = [sys.executable, "-m", "pytest", "-q", "-m", "crash", "--count", str(rounds), "tests"]
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
