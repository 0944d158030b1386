// "Did you mean …?": the nearest of the known names, by edit distance, for every place where a person types a name.

/** Edit distance with insertion, deletion, substitution and transposition of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const rows = new Uint16Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) rows[i * width] = i;
  for (let j = 0; j <= b.length; j++) rows[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const at = i * width + j;
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        rows[at - width] + 1,
        rows[at - 1] + 1,
        rows[at - width - 1] + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[at - 2 * width - 2] + 1);
      }
      rows[at] = best;
    }
  }
  return rows[a.length * width + b.length];
}

/** ` (did you mean 'x'?)` for the nearest known name, or the empty text when none is near. */
export function suggest(name: string, known: readonly string[]): string {
  const typed = name.toLowerCase();
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  best ??= known.find(
    (candidate) => typed.length >= 3 && candidate.toLowerCase().startsWith(typed),
  );
  return best === undefined ? '' : ` (did you mean '${best}'?)`;
}
