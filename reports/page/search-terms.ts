// The search of every list: words that must all occur, in any order; a word after `-` must not. Case does not matter, and
// quotes keep words together: `rid "created by" -vf`.

export interface SearchTerms {
  readonly wanted: readonly string[];
  readonly unwanted: readonly string[];
}

export function parseTerms(query: string): SearchTerms {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const [, minus, quoted, plain] of query.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)) {
    const word = (quoted ?? plain ?? '').toLowerCase();
    // A lone `-` is the beginning of a word that is still being typed.
    if (word !== '' && word !== '-') (minus === '-' ? unwanted : wanted).push(word);
  }
  return { wanted, unwanted };
}

/** @param text in lower case. */
export function matchesTerms({ wanted, unwanted }: SearchTerms, text: string): boolean {
  return (
    wanted.every((word) => text.includes(word)) && !unwanted.some((word) => text.includes(word))
  );
}
