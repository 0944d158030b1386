// What the command prints at the end: summary table, coverage with its holes, rules never evaluated, failures with the line
// that replays each. Source: issue "The command".
import { cleanText } from '#record/clean-text';
import type { CoverageSummary, ItemSummary } from '#record/coverage-record';
import { exclusionTrouble, isDropped, type ExclusionsRecord } from '#record/exclusion-record';
import { percentText } from '#record/percent-text';
import type { RegressionRecord, RunSummary, TestSummary } from '#record/regression-record';
import { STANDARD_OUTPUT, type ReportWriter } from '#record/report-writer';
import type { ErrorRecord, ParamRecord, RunRecord } from '#record/run-record';
import { countText, digestsText, indented, shortTimeText, tableText, timeText } from './text.ts';

/** Lines of each list that are shown. */
const TROUBLES_SHOWN = 20;
const HOLES_SHOWN = 4;
const ITEMS_SHOWN = 40;
const EXCLUSIONS_SHOWN = 8;
const CONSEQUENCES_SHOWN = 8;
/** Characters of a line that a device said. */
const WORDS_SHOWN = 200;
const COLUMNS = 100;
/** As `failure.md` shows bytes. */
const HEX_LINE = /^(?:[0-9a-f]{4} {2}|… \d+ bytes)/;
const LABEL_COLUMNS = '    expected '.length;

const STOP_TEXT: Readonly<Record<RegressionRecord['stop'], string>> = {
  complete: '',
  interrupted: 'interrupted',
  time: 'the time of --time is over',
  'max-failures': 'as many failures as --max-failures allows',
};

/** The summary on the terminal. */
export function consoleReport(): ReportWriter {
  return {
    name: 'console',
    writeRegression: (record) => [{ path: STANDARD_OUTPUT, content: regressionText(record) }],
    writeRun: (record) => [{ path: STANDARD_OUTPUT, content: runText(record) }],
  };
}

function regressionText(record: RegressionRecord): string {
  const lines = [
    '',
    ...summaryTable(record),
    '',
    ...coverageLines(record.coverageSummary, record.exclusions),
    ...overruledLines(record),
    ...unevaluatedLines(record),
    ...troubleLines(record.runs),
    verdictLine(record),
  ];
  return `${cleanText(lines.join('\n'))}\n`;
}

/** A regression of other devices than those that were asked for. */
function overruledLines({ overruledParameters = [], runs }: RegressionRecord): string[] {
  return overruledParameters.map(
    ({ name, asked, had, runs: count }) =>
      `parameter ${name}=${String(asked)} was asked for: the device had ${had.map(String).join(', ')} in ${count} of ${countText(runs.length, 'run')}`,
  );
}

function summaryTable({ tests, wall }: RegressionRecord): string[] {
  const heading = [
    'test',
    'seeds',
    'pass',
    'fail',
    'error',
    'skip',
    'simulated',
    'time',
    'coverage',
  ];
  const rows = tests.map((test, at) => summaryRow(test, wall?.testSeconds[at]));
  const total = totalRow(tests, wall?.testSeconds);
  return tableText([heading, ...rows, ...(tests.length > 1 ? [total] : [])]);
}

function summaryRow(test: TestSummary, seconds: number | undefined): string[] {
  const { runs, planned } = test;
  return [
    test.test,
    runs === planned ? String(runs) : `${runs}/${planned}`,
    String(test.pass),
    String(test.fail),
    String(test.error),
    String(test.skip),
    shortTimeText(test.timePs),
    secondsText(seconds),
    percentText(test.coveragePercent),
  ];
}

function totalRow(tests: readonly TestSummary[], seconds: readonly number[] | undefined): string[] {
  const sum = (of: (test: TestSummary) => number): number =>
    tests.reduce((total, test) => total + of(test), 0);
  const total = {
    test: 'total',
    planned: sum(({ planned }) => planned),
    runs: sum(({ runs }) => runs),
    pass: sum(({ pass }) => pass),
    fail: sum(({ fail }) => fail),
    error: sum(({ error }) => error),
    skip: sum(({ skip }) => skip),
    timePs: sum(({ timePs }) => timePs),
    coveragePercent: null,
  };
  const row = summaryRow(
    total,
    seconds?.reduce((all, one) => all + one, 0),
  );
  return [...row.slice(0, -1), ''];
}

function secondsText(seconds: number | undefined): string {
  return seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
}

function coverageLines(
  { percent, groups }: CoverageSummary,
  exclusions: ExclusionsRecord | undefined,
): string[] {
  if (groups.length === 0)
    return exclusions === undefined ? [] : [...exclusionLines(exclusions), ''];
  const lines = [`coverage ${percentText(percent)}`];
  if (exclusions !== undefined) lines.push(...exclusionLines(exclusions));
  const rows = groups.map((group) => {
    const bins = group.items.reduce((sum, item) => sum + item.bins, 0);
    const covered = group.items.reduce((sum, item) => sum + item.covered, 0);
    return [`  ${group.type}`, percentText(group.percent), `${covered}/${bins} bins`];
  });
  lines.push(...tableText(rows), '');
  const open = groups.flatMap(({ type, items }) =>
    items.filter(({ holeCount }) => holeCount > 0).map((item) => holeLine(type, item)),
  );
  if (open.length > 0) lines.push('holes', ...shortened(open, ITEMS_SHOWN), '');
  const illegal = groups.flatMap(({ type, items }) =>
    items
      .filter(({ illegalCount }) => illegalCount > 0)
      .map(
        ({ name, illegalCount }) =>
          `  ${type}.${name}: ${countText(illegalCount, 'hit')} of illegal bins`,
      ),
  );
  if (illegal.length > 0) lines.push(...illegal, '');
  return lines;
}

/** What the percentages leave out, and which exclusions are not what somebody thinks they are. */
function exclusionLines({ list, excluded }: ExclusionsRecord): string[] {
  const dropped = list.filter(isDropped).length;
  const holding = countText(list.length - dropped, 'exclusion');
  const without = dropped === 0 ? '' : `, ${countText(dropped, 'exclusion')} dropped`;
  const troubles = list.flatMap((one) => exclusionTrouble(one) ?? []);
  return [
    `  without ${countText(excluded, 'bin')} of ${holding}${without}`,
    ...shortened(
      troubles.map((trouble) => `  ${trouble}`),
      EXCLUSIONS_SHOWN,
    ),
  ];
}

function holeLine(type: string, { name, holes, holeCount, bins }: ItemSummary): string {
  const shown = holes.slice(0, HOLES_SHOWN).join(', ');
  const more = holeCount > Math.min(holes.length, HOLES_SHOWN) ? ', …' : '';
  return `  ${type}.${name}: ${holeCount} of ${bins} open: ${shown}${more}`;
}

function unevaluatedLines({ unevaluated, rules, strict }: RegressionRecord): string[] {
  if (unevaluated.length === 0) return [];
  const sentences = new Map(rules.map(({ id, sentence }) => [id, sentence]));
  const lines = unevaluated.map((id) => `  ${id}: ${sentences.get(id) ?? ''}`);
  const consequence = strict ? ' (FAIL, because of --strict)' : '';
  return [`rules never evaluated${consequence}`, ...lines, ''];
}

/** One entry for each run that did not pass, with the line that replays it. */
function troubleLines(runs: readonly RunSummary[]): string[] {
  const lines: string[] = [];
  for (const verdict of ['FAIL', 'ERROR', 'SKIP'] as const) {
    const found = runs.filter((run) => run.verdict === verdict);
    for (const { test, seed, cause, reason, replay } of found.slice(0, TROUBLES_SHOWN)) {
      const words = [`${verdict} ${test} seed ${seed}`, cause, reason];
      lines.push(words.filter((text) => text !== '').join('  '));
      if (verdict !== 'SKIP') lines.push(`  replay: ${replay}`);
    }
    if (found.length > TROUBLES_SHOWN) {
      lines.push(`${verdict}: ${found.length - TROUBLES_SHOWN} more in summary.json`);
    }
    if (found.length > 0) lines.push('');
  }
  return lines;
}

function verdictLine(record: RegressionRecord): string {
  const { verdict, stop, runs, baseSeed, device, fault, profile } = record;
  const words = [madeText(record)];
  words.push(`base seed ${baseSeed}`);
  words.push(
    `device ${device.name === '' ? device.dut : `${device.name} ${device.version}`.trim()}`,
  );
  if (profile !== null) words.push(`profile ${profile}`);
  if (fault !== null) words.push(`planted fault ${fault}`);
  if (stop !== 'complete') words.push(`stopped early: ${STOP_TEXT[stop]}`);
  const lines = [`${runs.length === 0 ? 'no verdict' : verdict}: ${words.join(', ')}`];
  const strict = strictReason(record);
  if (strict !== undefined) lines.push(`  FAIL because of --strict: ${strict}`);
  return lines.join('\n');
}

/** How many runs were made, and how many of them are why the verdict is what it is. */
function madeText({ verdict, runs, tests }: RegressionRecord): string {
  const planned = tests.reduce((total, test) => total + test.planned, 0);
  const guilty = runs.filter((run) => run.verdict === verdict).length;
  if ((verdict !== 'FAIL' && verdict !== 'ERROR') || guilty === 0) {
    const made = countText(planned, 'run');
    return runs.length === planned ? made : `${runs.length} of ${made}`;
  }
  const what = verdict === 'FAIL' ? 'failed' : 'ended without a verdict';
  const more = runs.length === planned ? '' : ` (${planned} were planned)`;
  return `${guilty} of ${countText(runs.length, 'run')} ${what}${more}`;
}

/** Why no run FAILs and the regression does, or undefined. */
function strictReason({ verdict, runs, unevaluated }: RegressionRecord): string | undefined {
  if (verdict !== 'FAIL' || runs.some((run) => run.verdict === 'FAIL')) return undefined;
  const skips = runs.filter((run) => run.verdict === 'SKIP').length;
  const reasons = [];
  if (unevaluated.length > 0)
    reasons.push(`${countText(unevaluated.length, 'rule')} never evaluated`);
  if (skips > 0) reasons.push(`${countText(skips, 'run')} skipped`);
  return reasons.join(', ');
}

function shortened(lines: readonly string[], limit: number): string[] {
  if (lines.length <= limit) return [...lines];
  return [...lines.slice(0, limit), `  … and ${lines.length - limit} more`];
}

function runText(record: RunRecord): string {
  const { test, seed, verdict, counts, digests, device, swarm } = record;
  const { failures, error, replay } = record;
  const lines = [
    `${verdict} ${test} seed ${seed}`,
    `  device ${`${device.name} ${device.version}`.trim()}${device.fault === null ? '' : `, planted fault ${device.fault}`}`,
    `  ${tlpsText(counts)}${countText(counts.operations, 'operation')}, ${timeText(counts.timePs)}`,
    ...(digests.tlp === '' ? [] : [`  ${digestsText(record)}`]),
    ...valueLines('parameters:', device.parameters),
    ...valueLines('drawn from the seed:', swarm),
  ];
  if (failures.length > 0) {
    const { rule, timePs, path, subject, expected, seen } = failures[0];
    lines.push(
      `  ${rule} ${subject} @ ${timeText(timePs)} [${path}]`,
      `    expected ${indented(expected, LABEL_COLUMNS)}`,
      `    seen     ${indented(seen, LABEL_COLUMNS)}`,
    );
    const consequences = failures
      .slice(1)
      .map((one) => `    ${one.rule} ${one.subject} (${one.count})`);
    if (consequences.length > 0) {
      lines.push('  consequences', ...shortened(consequences, CONSEQUENCES_SHOWN));
    }
  }
  if (error !== null)
    lines.push(`  ${error.code}: ${indented(error.message, 4)}`, ...causeOf(error));
  if (record.skipReason !== undefined) lines.push(`  ${record.skipReason}`);
  if (verdict !== 'PASS' && verdict !== 'SKIP') lines.push(`  replay: ${replay}`);
  return `${cleanText(lines.join('\n'))}\n`;
}

/** Of a bad device: its last words, or the bytes that are wrong, a line of them; `failure.md` has all. */
function causeOf({ code, detail }: ErrorRecord): string[] {
  const lines = detail.split('\n').filter((line) => line.trim() !== '');
  if (code === 'dut-protocol' && lines.length > 0) return [`    its bytes: ${lines[0]}`];
  const last = lines.at(-1);
  if (code !== 'dut-died' || last === undefined || HEX_LINE.test(last)) return [];
  return [`    it said last: ${last.slice(0, WORDS_SHOWN)}`];
}

/** Nothing of TLPs for a testbench that has none. */
function tlpsText({ tlpsUp, tlpsDown }: RunRecord['counts']): string {
  return tlpsUp + tlpsDown === 0 ? '' : `${tlpsUp} TLPs up, ${tlpsDown} down, `;
}

/** Names and values, in lines of at most 100 columns. */
function valueLines(title: string, values: ParamRecord): string[] {
  const words = Object.entries(values).map(([name, value]) => `${name}=${String(value)}`);
  if (words.length === 0) return [];
  const lines = [`  ${title}`];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last.length + word.length < COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`    ${word}`);
  }
  return lines;
}
