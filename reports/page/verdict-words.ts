// What the banner says: the verdict of a regression in one sentence, and why when no run says it.
import type { RegressionRecord } from '#record/regression-record';
import type { Verdict } from '#record/run-record';
import { countText, nounText } from './format.ts';
import type { Regression } from './unpack.ts';

export type BannerVerdict = Verdict | 'NONE';

const STOPS: Readonly<Record<RegressionRecord['stop'], string>> = {
  complete: '',
  interrupted: 'It was interrupted.',
  time: 'It was stopped when the time of --time was over.',
  'max-failures': 'It was stopped at as many failures as --max-failures allows.',
};

/** A regression without a run has no verdict, whatever its record says. */
export function bannerVerdict({ head, runs }: Regression): BannerVerdict {
  return runs.length === 0 ? 'NONE' : head.verdict;
}

export function verdictCounts({ runs }: Regression): Readonly<Record<Verdict, number>> {
  const counts = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
  for (const { verdict } of runs) counts[verdict]++;
  return counts;
}

/** One sentence, and further ones on what else to know. */
export function bannerSentences(regression: Regression): string[] {
  const { head, runs, tests, rules } = regression;
  const counts = verdictCounts(regression);
  const planned = tests.reduce((sum, test) => sum + test.planned, 0);
  const sentences = [firstSentence(runs.length, counts)];
  const isStrictFail = head.strict && head.verdict === 'FAIL' && counts.FAIL === 0;
  if (isStrictFail) {
    const idle = rules.filter(({ evaluations }) => evaluations === 0).length;
    const reasons = [];
    if (idle > 0) reasons.push(`${nounText(idle, 'rule')} never evaluated`);
    if (counts.SKIP > 0) reasons.push(`${nounText(counts.SKIP, 'run')} skipped`);
    sentences.push(`FAIL because of --strict: ${reasons.join(', ')}.`);
  }
  if (STOPS[head.stop] !== '') sentences.push(STOPS[head.stop]);
  if (runs.length < planned) {
    const missing = planned - runs.length;
    const verb = missing === 1 ? 'was' : 'were';
    sentences.push(
      `${countText(missing)} of ${nounText(planned, 'planned run')} ${verb} not made.`,
    );
  }
  return sentences;
}

function firstSentence(total: number, counts: Readonly<Record<Verdict, number>>): string {
  if (total === 0) return 'No run was made: there is no verdict.';
  const parts = [];
  if (counts.FAIL > 0) parts.push(`${countText(counts.FAIL)} broke a rule`);
  if (counts.ERROR > 0) parts.push(`${countText(counts.ERROR)} ended without a verdict`);
  if (counts.SKIP > 0) {
    parts.push(`${countText(counts.SKIP)} ${counts.SKIP === 1 ? 'was' : 'were'} skipped`);
  }
  if (parts.length === 0)
    return total === 1 ? 'The run passed.' : `All ${countText(total)} runs passed.`;
  return `Of ${nounText(total, 'run')}, ${joined(parts)}.`;
}

function joined(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
