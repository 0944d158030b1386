// A percentage of a record as every report shows it. Source: semantics §3 (never a silent 100).

/** Two digits; `n/a` when nothing is countable. Never rounded up, so that 100 means all. */
export function percentText(percent: number | null | undefined): string {
  if (percent === undefined || percent === null) return 'n/a';
  const shown = percent < 100 ? Math.min(Math.floor(percent * 100) / 100, 99.99) : percent;
  return `${shown.toFixed(2)} %`;
}
