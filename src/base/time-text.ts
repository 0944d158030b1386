// Simulated time as text, for every message that has one. Source: DUT protocol (picoseconds).

/** A time for people: `12.345 us`, with the unit that fits and without trailing zeros. */
export function formatTime(timePs: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['ms', 1_000_000_000],
    ['us', 1_000_000],
    ['ns', 1_000],
  ];
  for (const [unit, size] of units) if (Math.abs(timePs) >= size) return `${timePs / size} ${unit}`;
  return `${timePs} ps`;
}
