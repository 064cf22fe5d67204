// The page comes first: whatever goes wrong in the tracker ends in the tracker.

export function quiet<A extends unknown[], R>(work: (...input: A) => R): (...input: A) => R | undefined {
  return (...input) => {
    try {
      return work(...input);
    } catch {
      return;
    }
  };
}
