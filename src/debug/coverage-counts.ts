// All that a coverage record has counted, flat and by name, so that two of them can be compared. Source: design, "Record";
// semantics §3 (bins are known by their semantic path).
import type { CoverageRecord, CovergroupRecord, CrossRecord } from '#record/coverage-record';

/** Hits by name: `Group.point bin small`, `Group.cross size=small kind=read`; what was never hit is left out. */
export function coverageCounts({ groups }: CoverageRecord): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (name: string, count: number): void => {
    if (count > 0) counts.set(name, count);
  };
  for (const group of groups) {
    add(`${group.type} samples`, group.samples);
    for (const { name, bins, counts: hits, illegal, illegalCounts, defaultCount } of group.points) {
      const item = `${group.type}.${name}`;
      bins.forEach((bin, at) => add(`${item} bin ${bin}`, hits[at]));
      illegal.forEach((bin, at) => add(`${item} illegal bin ${bin}`, illegalCounts[at]));
      add(`${item} default`, defaultCount);
    }
    for (const cross of group.crosses) {
      const item = `${group.type}.${cross.name}`;
      for (let i = 0; i < cross.hits.length; i += 2) {
        add(`${item} ${tupleName(group, cross, cross.hits[i])}`, cross.hits[i + 1]);
      }
      cross.bins.forEach((bin, at) => add(`${item} bin ${bin}`, cross.counts[at]));
      add(`${item} illegal`, cross.illegalCount);
    }
  }
  return counts;
}

/** `size=small kind=read` of a row-major index, the last axis running fastest. */
function tupleName({ points }: CovergroupRecord, { axes }: CrossRecord, index: number): string {
  const words: string[] = [];
  let rest = index;
  for (const { name, point } of axes.toReversed()) {
    const bins = points.find((one) => one.name === point)?.bins ?? [];
    const size = Math.max(1, bins.length);
    words.unshift(`${name}=${bins[rest % size] ?? rest % size}`);
    rest = Math.floor(rest / size);
  }
  return words.join(' ');
}
