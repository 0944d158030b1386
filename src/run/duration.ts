// Durations of wall-clock time as options take them. Source: issue "The command".

const SECONDS_OF: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

/** Seconds of `90`, `90s`, `5m`, `1.5h`; undefined for anything else. */
export function parseSeconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (SECONDS_OF.get(match[2]) ?? Number.NaN);
}
