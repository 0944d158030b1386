// `junit.xml` in the xunit2 dialect of Jenkins. Source: design, "JUnit"; semantics §9.
//
// One testsuite per test; a testcase is called `TEST seed S`. <failure type=RULE>, <error type=CODE>, <skipped>; the first
// line of their text is the seed and the line that replays the run; then what broke, what broke after it, and the file that
// says more. Seeds stand in suite properties, because the schema knows none on a testcase. A testcase has no time: how long
// a run took is the machine's, and stays in `wall`, which knows it by test; the suites have it.
import junit, { type Builder, type TestSuite } from 'junit-report-builder';
import { cleanText } from '#record/clean-text';
import type { RegressionRecord, RunSummary, TestSummary } from '#record/regression-record';
import type { ReportWriter, RuleInfo } from '#record/report-writer';

/** `2026-11-23T12:30:00`: what the dialect takes. */
const SECONDS_TEXT = 19;

// The package's types say that its default export is the module; it is the builder itself.
const factory = junit as unknown as Builder;

/** `junit.xml` in the xunit2 form (semantics §9): FAIL is a failure, ERROR an error, SKIP skipped. */
export function junitReport(): ReportWriter {
  return {
    name: 'junit',
    writeRegression: (record) => [{ path: 'junit.xml', content: junitText(record) }],
  };
}

function junitText(record: RegressionRecord): string {
  const builder = factory.newBuilder();
  for (const [at, test] of record.tests.entries()) {
    const suite = builder.testSuite().name(test.test);
    if (record.wall !== undefined) suite.timestamp(record.wall.startedUtc.slice(0, SECONDS_TEXT));
    suite.time(seconds(record.wall?.testSeconds[at] ?? 0));
    const runs = record.runs.filter((run) => run.test === test.test);
    addProperties(suite, record, { test, runs });
    for (const run of runs) addCase(suite, run, record.rules);
  }
  // The builder writes `skipped` on the root, which the schema does not know.
  return builder.build().replace(/(<testsuites\b[^>]*?)\s+skipped="\d+"/, '$1');
}

function addProperties(
  suite: TestSuite,
  record: RegressionRecord,
  { test, runs }: { readonly test: TestSummary; readonly runs: readonly RunSummary[] },
): void {
  const { device, code, profile, fault } = record;
  const commit = code.commit === null ? '' : ` ${code.commit}${code.dirty ? ' dirty' : ''}`;
  const properties: [string, string][] = [
    ['base-seed', String(record.baseSeed)],
    ['device', device.name === '' ? device.dut : `${device.name} ${device.version}`.trim()],
    ['profile', profile ?? ''],
    ['version', `${code.version}${commit}`],
    ['planned', String(test.planned)],
  ];
  if (fault !== null) properties.push(['fault', fault]);
  for (const { seed, verdict, cause } of runs) {
    if (verdict !== 'PASS') properties.push([`seed ${seed}`, `${verdict} ${cause}`.trim()]);
  }
  for (const [name, value] of properties) suite.property(name, cleanText(value));
}

function addCase(suite: TestSuite, run: RunSummary, rules: readonly RuleInfo[]): void {
  const { test, seed, verdict, cause, reason, replay } = run;
  const one = suite.testCase().name(`${test} seed ${seed}`).className(test);
  const message = cleanText(reason);
  const why = [cause, reason].filter((part) => part !== '').join(': ');
  const rule = rules.find(({ id }) => verdict === 'FAIL' && id === cause);
  const sentence = rule === undefined ? '' : `\n${rule.sentence} (${rule.source})`;
  const details = `details: runs/${test}-${seed}/failure.md`;
  const after = consequenceText(run);
  const text = cleanText(`seed ${seed}: ${replay}\n${why}${sentence}${after}\n${details}`);
  if (verdict === 'FAIL') one.failure(message, cause).stacktrace(text);
  if (verdict === 'ERROR') one.error(message, cause, text);
  // The builder knows no text for a skip.
  if (verdict === 'SKIP') one.skipped().standardOutput(text);
}

/** The rules that broke after the first; nothing where that was all. */
function consequenceText({ cause, broken }: RunSummary): string {
  const others = (broken ?? []).filter(({ rule }) => rule !== cause);
  if (others.length === 0) return '';
  return `\nthen broke: ${others.map(({ rule, count }) => `${rule} (${count})`).join(', ')}`;
}

/** Three decimals at most: the schema allows no more. */
function seconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}
