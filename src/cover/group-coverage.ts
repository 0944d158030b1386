/**
 * Percentages of covergroups while they count (IEEE 1800-2023 §19.8, §19.11; semantics §3), by the rules of reports: of an
 * instance, and of the instances of a type.
 *
 *     coverage.getInstCoverage()                         87.5
 *     getCoverage(testbench.coverage.all().filter((group) => group.typeName === 'AluCoverage'))
 */
import { UsageError } from '#base/assert';
import type { GroupSummary } from '#record/coverage-record';
import { recordInstance, recordGroup, type AnyCovergroup } from './coverage-db.ts';
import { mergeCoverage } from './merge.ts';
import { summarizeCoverage, type SummaryOptions } from './summary.ts';

/** Percentages and holes of one instance, with its own weights. */
export function instanceSummary(group: AnyCovergroup, options: SummaryOptions = {}): GroupSummary {
  const { name: _name, ...own } = recordInstance(group);
  const record = { groups: [{ ...own, type: group.typeName }] };
  return summarizeCoverage(record, options).groups[0];
}

/**
 * The percentage of a type from its instances, 0..100: of their bins together, or the weighted mean of theirs where
 * `mergeInstances` is false; null when nothing is countable.
 * @throws UsageError `bad-covergroup` when they are of several types.
 */
export function getCoverage(instances: readonly AnyCovergroup[]): number | null {
  const types = [...new Set(instances.map(({ typeName }) => typeName))];
  if (types.length > 1) {
    throw new UsageError('bad-covergroup', `getCoverage of several types: ${types.join(', ')}`, {
      hint: 'Ask type by type; summarizeCoverage gives the percentage over all.',
    });
  }
  const records = instances.map((group) => ({ groups: [recordGroup(group)] }));
  const [type] = summarizeCoverage(mergeCoverage(records)).groups;
  return instances.length === 0 ? null : type.percent;
}
