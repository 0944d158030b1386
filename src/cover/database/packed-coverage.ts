/**
 * Coverage as it travels between processes: counts as flat numbers, models only where the other side has not seen them. The
 * records unpacked share the lists of their model, so that they are compared by identity. Law: `unpack(pack(x))` equals `x`.
 */
import { assert } from '#base/assert';
import type { CoverageRecord } from '#record/coverage-record';
import { countersOf, type SparseCounters } from './group-layout.ts';
import { ModelTable, recordOfModel } from './group-model.ts';

/** Plain data that the structured clone algorithm copies. */
export interface PackedCoverage {
  /** Texts of the models that are new. */
  readonly models: readonly string[];
  readonly groups: readonly (SparseCounters & { readonly hash: string })[];
}

/** The sending side of one channel. */
export class CoveragePacker {
  private readonly table = new ModelTable();
  private readonly sent = new Set<string>();

  pack({ groups }: CoverageRecord): PackedCoverage {
    const models: string[] = [];
    const packed = groups.map((group) => {
      const { hash, text, layout } = this.table.of(group);
      if (!this.sent.has(hash)) {
        this.sent.add(hash);
        models.push(text);
      }
      return { hash, ...countersOf(group, layout) };
    });
    return { models, groups: packed };
  }
}

/** The receiving side of any number of channels. */
export class CoverageUnpacker {
  private readonly table = new ModelTable();

  unpack({ models, groups }: PackedCoverage): CoverageRecord {
    for (const text of models) this.table.read(text);
    return {
      groups: groups.map(({ hash, ...counters }) => {
        const model = this.table.find(hash);
        assert(model !== undefined, 'a model is sent before its counts');
        return recordOfModel(model, counters);
      }),
    };
  }
}
