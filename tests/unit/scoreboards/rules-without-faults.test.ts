// Every rule is shown to fail (design decision 7): by a planted fault of the reference device, or, where none fits yet, by a
// stream made by hand in a unit test. The page of the latter is held against both. UPDATE_GOLDEN=1 writes its table anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEVICE_FAULTS } from '#device/faults';
import { SIOV_RULES } from '#scoreboards/all-rules';

const PAGE = 'docs/rules-without-faults.md';
const FOLDER = 'tests/unit/scoreboards';
/** Each has, for its rules, a stream that keeps the rule and one that breaks it. */
const BREAKING = ['traffic-rules.test.ts', 'register-rules.test.ts'];

const tests = BREAKING.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
const faulted = new Set(DEVICE_FAULTS.map(({ rule }) => rule));
const rules = SIOV_RULES.flatMap((set) => Object.values(set));
const without = rules.filter(({ id }) => !faulted.has(id));

/** The unit tests that expect a rule to break. */
function shownIn(id: string): string[] {
  return tests.filter(([, text]) => text.includes(`'${id}'`)).map(([name]) => name);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(): string {
  const rows = without.map(({ id, sentence }) =>
    row([
      `\`${id}\``,
      sentence,
      shownIn(id)
        .map((name) => `\`${name}\``)
        .join(', '),
    ]),
  );
  return [row(['rule', 'sentence', 'shown to fail in']), row(['---', '---', '---']), ...rows].join(
    '\n',
  );
}

/** Without the blanks and dashes that align columns. */
function flat(text: string): string {
  return text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').trim();
}

describe('rules without a fault', () => {
  it('are those that the page lists, with the tests that show them', () => {
    const page = readFileSync(PAGE, 'utf8');
    const start = page.indexOf('| rule');
    const wanted = `${page.slice(0, start)}${table()}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, wanted);
    expect(flat(readFileSync(PAGE, 'utf8'))).toBe(flat(wanted));
  });

  it.each(without.map(({ id }) => id))('%s is shown to fail all the same', (id) => {
    expect(shownIn(id)).not.toEqual([]);
  });

  it('name rules that there are', () => {
    const known = new Set([...rules.map(({ id }) => id)]);
    for (const { name, rule } of DEVICE_FAULTS)
      expect([name, known.has(rule)]).toEqual([name, true]);
  });
});
