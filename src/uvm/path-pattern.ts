// Patterns over hierarchical paths, for configuration and factory overrides. Source: semantics §4,
// §6.
//
// `*` stands for any characters of one path segment, `?` for one of them, and the segment `**` for
// any number of segments, none included: `env.**` matches `env` and everything below it,
// `env.tenant[*]` the tenants of `env`. Every other character stands for itself, so that
// `tenant[3]` needs no quoting.
import { UsageError } from '#base/assert';

/** Compiles a pattern; the same text may be compiled often, so keep the result. */
export class PathPattern {
  readonly text: string;
  private readonly segments: readonly string[];

  /** @throws UsageError `bad-pattern` for an empty segment. */
  constructor(text: string) {
    this.text = text;
    this.segments = text.split('.');
    if (this.segments.includes('')) {
      throw new UsageError('bad-pattern', `the path pattern '${text}' has an empty segment`, {
        hint: "Segments are separated by single dots; '**' stands for any number of segments.",
      });
    }
  }

  matches(path: string): boolean {
    return matchSegments(this.segments, 0, path.split('.'), 0);
  }
}

/** `pattern` as seen from the component at `base`; `''` and `'.'` are the component itself. */
export function patternBelow(base: string, pattern: string): PathPattern {
  if (base === '') return new PathPattern(pattern);
  return new PathPattern(pattern === '' || pattern === '.' ? base : `${base}.${pattern}`);
}

function matchSegments(
  pattern: readonly string[],
  p: number,
  path: readonly string[],
  s: number,
): boolean {
  if (p === pattern.length) return s === path.length;
  if (pattern[p] === '**') {
    for (let rest = s; rest <= path.length; rest++) {
      if (matchSegments(pattern, p + 1, path, rest)) return true;
    }
    return false;
  }
  if (s === path.length || !matchSegment(pattern[p], path[s])) return false;
  return matchSegments(pattern, p + 1, path, s + 1);
}

/** Wildcard match of one segment, without backtracking beyond the last star. */
export function matchSegment(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let retry = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.length && pattern[p] === '*') p++;
  return p === pattern.length;
}
