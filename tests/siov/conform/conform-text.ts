// The result of the conformance kit for people: a line for each step, and what is wrong in full. Source: issue, "says … what
// was sent, what came back, and which paragraph says what should have".
import { cleanText } from '#record/clean-text';
import type { ConformResult, StepResult } from './runner.ts';

const WORDS = { pass: 'ok', wrong: 'WRONG', error: 'ERROR', skip: 'skip' } as const;
const WORD_WIDTH = 6;
const LABEL_WIDTH = 10;
const ID_WIDTH = 28;
const LOGS_SHOWN = 5;

/** One step; several lines unless it passed. Ends with a line feed. */
export function stepText(result: StepResult): string {
  const { id, title, outcome, reason, logs } = result;
  const head = `${WORDS[outcome].padEnd(WORD_WIDTH)} ${id.padEnd(ID_WIDTH)} ${title}`;
  const lines = [head];
  if (outcome === 'skip')
    lines[0] = `${WORDS.skip.padEnd(WORD_WIDTH)} ${id.padEnd(ID_WIDTH)} ${reason}`;
  lines.push(...indented(detailLines(result)));
  if (outcome === 'wrong' || outcome === 'error') {
    lines.push(...indented(labelled('log', logs.slice(-LOGS_SHOWN).join('\n'))));
  }
  return `${cleanText(lines.join('\n'))}\n`;
}

/** What is wrong, or why there is no verdict; without indentation. */
export function detailLines({ evidence, error }: StepResult): string[] {
  if (evidence !== undefined) {
    const { paragraph, sent, seen, expected, trail = [] } = evidence;
    return [
      ...labelled('sent', sent),
      ...labelled('came back', seen),
      ...labelled('expected', expected),
      ...labelled('see', `${paragraph.where}: ${paragraph.says}`),
      ...labelled('link', trail.join('\n')),
    ];
  }
  if (error === undefined) return [];
  return [
    ...labelled('sent', error.sent),
    ...labelled('no verdict', `${error.code}: ${error.message}`),
    ...labelled('detail', error.detail),
  ];
}

/** The head of the report: which device. */
export function headText({ device, info }: Pick<ConformResult, 'device' | 'info'>): string {
  const who = info === undefined ? 'did not introduce itself' : `${info.name} ${info.version}`;
  return cleanText(`device ${device}: ${who}\n`);
}

/** The last lines: how many ended how. */
export function summaryText({ steps }: ConformResult): string {
  const count = (outcome: StepResult['outcome']): number =>
    steps.filter((one) => one.outcome === outcome).length;
  const parts = [`${steps.length} steps: ${count('pass')} ok`];
  for (const outcome of ['wrong', 'error', 'skip'] as const) {
    const names = { wrong: 'wrong', error: 'without a verdict', skip: 'skipped' };
    if (count(outcome) > 0) parts.push(`${count(outcome)} ${names[outcome]}`);
  }
  const isNothing = steps.every(({ outcome }) => outcome === 'skip');
  return `${parts.join(', ')}${isNothing ? ': nothing was checked, which is no pass' : ''}\n`;
}

function labelled(label: string, text: string): string[] {
  if (text === '') return [];
  return text
    .split('\n')
    .map((line, at) => `${(at === 0 ? label : '').padEnd(LABEL_WIDTH)}  ${line}`);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `${' '.repeat(WORD_WIDTH + 1)}${line}`.trimEnd());
}
