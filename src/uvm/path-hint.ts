// "Did you mean 'test.env.agent.**'?": the nearest spelling of a path or path pattern that would have matched. For messages
// only. Source: semantics §4 (configuration and factory go by patterns, so a slip matches nothing and says nothing).
import { editDistance } from '#base/suggest';
import { matchSegment } from './path-pattern.ts';

/** What a segment too many or too few counts, in letters. */
const SEGMENT_COST = 4;
/** Letters beyond which nothing is near: less than two segments too many or too few. */
const COST_MAX = 7;
/** Paths looked at for one hint. */
const PATHS_MAX = 5_000;

interface Correction {
  readonly text: string;
  /** Letters to change; 0 when the pattern matches as it is. */
  readonly cost: number;
}

/** The pattern with its segments put right so that it matches `path`; undefined when it is not near. */
function correctPattern(pattern: string, path: string): Correction | undefined {
  const search = new Alignment(pattern.split('.'), path.split('.'));
  const found = search.best(0, 0);
  const limit = Math.min(COST_MAX, Math.max(2, Math.floor(pattern.length / 4)));
  if (found === undefined || found.cost > limit) return undefined;
  return { text: found.segments.join('.'), cost: found.cost };
}

/** ` (did you mean 'x'?)` for the nearest pattern that matches one of the paths; '' when none is near. */
export function suggestPattern(pattern: string, paths: readonly string[]): string {
  let best: Correction | undefined;
  for (const path of paths.slice(0, PATHS_MAX)) {
    const found = correctPattern(pattern, path);
    if (found === undefined || found.cost === 0) continue;
    if (best === undefined || found.cost < best.cost) best = found;
  }
  return best === undefined ? '' : ` (did you mean '${best.text}'?)`;
}

interface Aligned {
  readonly segments: readonly string[];
  readonly cost: number;
}

/** The cheapest way to make the segments of a pattern match those of a path. */
class Alignment {
  private readonly pattern: readonly string[];
  private readonly path: readonly string[];
  private readonly known = new Map<number, Aligned | undefined>();

  constructor(pattern: readonly string[], path: readonly string[]) {
    this.pattern = pattern;
    this.path = path;
  }

  /** From segment `p` of the pattern and `s` of the path on. */
  best(p: number, s: number): Aligned | undefined {
    const key = p * (this.path.length + 1) + s;
    if (this.known.has(key)) return this.known.get(key);
    const found = cheapest(this.choices(p, s));
    this.known.set(key, found);
    return found;
  }

  private choices(p: number, s: number): (Aligned | undefined)[] {
    const { pattern, path } = this;
    const isPathOver = s === path.length;
    if (p === pattern.length) {
      if (isPathOver) return [{ segments: [], cost: 0 }];
      return [prefixed(path[s], SEGMENT_COST, this.best(p, s + 1))];
    }
    if (pattern[p] === '**') {
      const none = prefixed('**', 0, this.best(p + 1, s));
      const rest = isPathOver ? undefined : this.best(p, s + 1);
      return [none, rest];
    }
    const dropped = prefixed(undefined, SEGMENT_COST, this.best(p + 1, s));
    if (isPathOver) return [dropped];
    const put = correctSegment(pattern[p], path[s]);
    const corrected =
      put === undefined ? undefined : prefixed(put.text, put.cost, this.best(p + 1, s + 1));
    return [corrected, dropped, prefixed(path[s], SEGMENT_COST, this.best(p, s + 1))];
  }
}

function prefixed(
  segment: string | undefined,
  cost: number,
  rest: Aligned | undefined,
): Aligned | undefined {
  if (rest === undefined) return undefined;
  const segments = segment === undefined ? rest.segments : [segment, ...rest.segments];
  return { segments, cost: cost + rest.cost };
}

function cheapest(choices: readonly (Aligned | undefined)[]): Aligned | undefined {
  let best: Aligned | undefined;
  for (const one of choices) {
    if (one !== undefined && (best === undefined || one.cost < best.cost)) best = one;
  }
  return best;
}

const INDEXED = /^(.*)(\[.*\])$/;

/** One segment put right: an index or its wildcard stays what it was. */
function correctSegment(pattern: string, name: string): Correction | undefined {
  if (matchSegment(pattern, name)) return { text: pattern, cost: 0 };
  const typed = INDEXED.exec(pattern);
  const known = INDEXED.exec(name);
  if (typed !== null && known !== null) {
    const stem = correctName(typed[1], known[1]);
    if (stem === undefined) return undefined;
    const text = `${stem.text}${typed[2]}`;
    if (matchSegment(text, name)) return { text, cost: stem.cost };
    return { text: name, cost: stem.cost + 1 };
  }
  return pattern.includes('*') || pattern.includes('?') ? undefined : correctName(pattern, name);
}

function correctName(typed: string, known: string): Correction | undefined {
  const letters = editDistance(typed.toLowerCase(), known.toLowerCase());
  if (letters > Math.max(1, Math.floor(known.length / 3))) return undefined;
  return { text: known, cost: typed === known ? 0 : Math.max(1, letters) };
}
