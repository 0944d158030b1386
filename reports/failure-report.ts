// `failure.md` of a run that did not pass: what broke, which rule, expected and seen, what followed, the last TLPs of the
// Routing IDs concerned, the command that replays it. Source: design, "What a run leaves behind".
import { cleanText } from '#record/clean-text';
import type { ReportWriter, RuleInfo } from '#record/report-writer';
import type {
  ErrorRecord,
  FailureRecord,
  ParamRecord,
  ParamValue,
  RunRecord,
  WindowTlpRecord,
} from '#record/run-record';
import { digestsText, indented, timeText } from './text.ts';

const CONSEQUENCES_SHOWN = 50;
const OPERATIONS_SHOWN = 20;
const HEX_SHOWN = 512;
const NO_VERDICT =
  'The run ended without a verdict: this says nothing about the rules of the device.';
const BESIDE =
  'This went wrong, too. The broken rule is the verdict; look here first if it may follow from this.';
const LABEL_COLUMNS = 'expected '.length;

/** `runs/<test>-<seed>/failure.md`: what broke, what was expected and seen, the last TLPs, how to replay it. */
export function failureReport(): ReportWriter {
  return {
    name: 'failure',
    writeRun: (record, rules) =>
      record.verdict === 'PASS'
        ? []
        : [{ path: 'failure.md', content: failureText(record, rules) }],
  };
}

function failureText(record: RunRecord, rules: readonly RuleInfo[]): string {
  const { test, seed, verdict, failures, error, window } = record;
  const lines = [
    `# ${verdict} ${test} seed ${seed}`,
    '',
    'Replay:',
    '',
    ...fenced([record.replay]),
    ...(failures.length > 0 ? failureLines(failures, rules) : []),
    ...(error === null ? [] : errorLines(error, failures.length > 0)),
    ...(record.skipReason === undefined ? [] : [`Skipped: ${record.skipReason}`, '']),
    ...deviceWordLines(record),
    ...windowLines(window, failures[0]?.timePs),
    ...operationLines(record),
    ...aboutLines(record),
  ];
  return `${cleanText(lines.join('\n')).trimEnd()}\n`;
}

function failureLines(failures: readonly FailureRecord[], rules: readonly RuleInfo[]): string[] {
  const [{ rule, subject, timePs, path, expected, seen, count }, ...rest] = failures;
  const info = rules.find(({ id }) => id === rule);
  const basis = info === undefined || info.basis === '' ? '' : `, ${info.basis}`;
  const lines = [
    `## ${rule}: ${subject}`,
    '',
    ...(info === undefined ? [] : [`> ${info.sentence} (${info.source}${basis})`, '']),
    `At ${timeText(timePs)}, seen by \`${path}\`${count > 1 ? `, ${count} times` : ''}.`,
    '',
    ...fenced([
      `expected ${indented(expected, LABEL_COLUMNS)}`,
      `seen     ${indented(seen, LABEL_COLUMNS)}`,
    ]),
  ];
  if (rest.length === 0) return lines;
  const shown = rest.slice(0, CONSEQUENCES_SHOWN).map((one) => {
    const what = `${one.subject}: expected ${one.expected}, seen ${one.seen}`;
    return `- ${one.rule} at ${timeText(one.timePs)}, ${one.count}×: ${what.replaceAll('\n', ' ')}`;
  });
  const more = rest.length - shown.length;
  if (more > 0) shown.push(`- … and ${more} more in run.json`);
  return [...lines, '## What followed', '', ...shown, ''];
}

/** @param isBeside a broken rule, which is the verdict. */
function errorLines({ code, message, detail }: ErrorRecord, isBeside: boolean): string[] {
  const lines = [`## ${code}`, '', isBeside ? BESIDE : NO_VERDICT, '', ...fenced([message])];
  return detail === '' ? lines : [...lines, 'Detail:', '', ...fenced(detail.trimEnd().split('\n'))];
}

/** What a device in another process wrote, unless it is said already. */
function deviceWordLines({ wall = {}, error }: RunRecord): string[] {
  const { deviceLog = '', deviceStandardError = '' } = wall;
  const isNew = deviceStandardError !== '' && deviceStandardError !== error?.detail;
  return [
    ...wordLines('What the device logged', deviceLog),
    ...wordLines('What the device wrote to standard error', isNew ? deviceStandardError : ''),
  ];
}

function wordLines(heading: string, text: ParamValue): string[] {
  const lines = String(text).trimEnd();
  return lines === '' ? [] : [`## ${heading}`, '', ...fenced(lines.split('\n'))];
}

/** @param failedPs when the first rule broke: what passed at that very time is marked. */
function windowLines(window: readonly WindowTlpRecord[], failedPs: number | undefined): string[] {
  if (window.length === 0) return [];
  const isMarked = window.some(({ timePs }) => timePs === failedPs);
  const lines = window.flatMap(({ direction, timePs, text, hex }) => [
    `${timePs === failedPs ? '>' : ' '} ${timeText(timePs).padStart(16)} ${direction.padEnd(4)} ${text}`,
    `${' '.repeat(24)}${hex.length <= HEX_SHOWN ? hex : `${hex.slice(0, HEX_SHOWN)}…`}`,
  ]);
  const heading = 'Times at the host: `up` when it arrived there, `down` when it left.';
  const mark = isMarked ? ' `>`: at the time of the failure.' : '';
  return ['## The last TLPs', '', `${heading}${mark}`, '', ...fenced(lines)];
}

function operationLines({ operations }: RunRecord): string[] {
  if (operations.length === 0) return [];
  const last = operations.slice(-OPERATIONS_SHOWN).map(({ lane, id, kind, args, outcome }) => {
    const values = Object.entries(args).map(([name, value]) => `${name}=${String(value)}`);
    return `${lane} #${id} ${kind}(${values.join(', ')}) ${outcome}`;
  });
  return [`## The last of ${operations.length} operations`, '', ...fenced(last)];
}

function aboutLines(record: RunRecord): string[] {
  const { device, code, swarm, digests, counts } = record;
  const hasTlps = counts.tlpsUp + counts.tlpsDown > 0;
  const at = code.commit === null ? '' : ` at ${code.commit}${code.dirty ? ' with changes' : ''}`;
  return [
    '## The run',
    '',
    `- device: ${`${device.name} ${device.version}`.trim()}${device.fault === null ? '' : `, planted fault ${device.fault}`}`,
    `- code: ridgeline ${code.version}${at}`,
    ...(digests.tlp === ''
      ? ['- it left no digests: its process never came to the end of the run']
      : [
          `- simulated time: ${timeText(counts.timePs)}${hasTlps ? `; TLPs: ${counts.tlpsUp} up, ${counts.tlpsDown} down` : ''}`,
          `- ${digestsText(record)}`,
        ]),
    ...parameterLines('parameters', device.parameters),
    ...parameterLines('drawn from the seed', swarm),
  ];
}

function parameterLines(title: string, values: ParamRecord): string[] {
  const texts = Object.entries(values).map(([name, value]) => `${name}=${String(value)}`);
  return texts.length === 0 ? [] : [`- ${title}: ${texts.join(', ')}`];
}

/** A block of plain text; the fence is longer than any in the text, so that nothing in it is read as Markdown. */
function fenced(lines: readonly string[]): string[] {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence, ''];
}
