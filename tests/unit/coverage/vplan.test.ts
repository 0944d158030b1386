// docs/vplan against the code: every name on a page exists, and every rule and coverage item is on a page.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SIOV_COVERGROUPS } from '#coverage/siov-coverage';
import type { AnyCovergroup } from '#cover/coverage-db';
import { SIOV_RULES } from '#scoreboards/all-rules';

const ROOT = new URL('../../../', import.meta.url);
const PLAN = new URL('docs/vplan/', ROOT);

const pages = readdirSync(PLAN)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .sort();

interface Row {
  readonly page: string;
  readonly rules: readonly string[];
  readonly items: readonly string[];
  readonly operations: readonly string[];
}

const codeSpans = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

function rowsOf(page: string): Row[] {
  const lines = readFileSync(new URL(page, PLAN), 'utf8').split('\n');
  return lines
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| to be') && !line.startsWith('| ---'),
    )
    .map((line) => {
      const cells = line.split('|').slice(1, -1);
      expect(cells, line).toHaveLength(4);
      const [rules, items, operations] = cells.slice(1).map(codeSpans);
      return { page, rules, items, operations };
    });
}

const rows = pages.flatMap(rowsOf);
const ruleIds = SIOV_RULES.flatMap((set) => Object.values(set)).map((rule) => rule.id);
const items = Object.values(SIOV_COVERGROUPS).flatMap((groupClass) => {
  const group: AnyCovergroup = new groupClass('plan');
  return [...group.points, ...group.crosses].map(
    (item) => `${group.typeName}.${group.itemName(item)}`,
  );
});

/** An operation, made at once, by a function that is given its name, or by one that bears it: `provideAmong(…)`. */
const OPERATION = /export const (\w+) = (?:operation<|\w+\(\s*'\1'|\1\w+\()/g;

/** Names of operations as the tests play them: exported constants, and the kinds of work. */
function operationNames(): ReadonlySet<string> {
  const names = new Set<string>();
  const folder = new URL('sequences/', ROOT);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('-operations.ts')) continue;
    const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
    for (const match of text.matchAll(OPERATION)) names.add(match[1]);
    for (const match of text.matchAll(/^ {2}(\w+): WorkOpcode\./gm)) names.add(match[1]);
  }
  return names;
}

describe('the verification plan', () => {
  it('has rows on every page', () => {
    expect(pages.length).toBeGreaterThanOrEqual(9);
    for (const page of pages) {
      expect(rows.filter((row) => row.page === page).length, page).toBeGreaterThanOrEqual(4);
    }
  });

  it('names only rules, coverage and operations that exist', () => {
    const operations = operationNames();
    expect(operations.size).toBeGreaterThan(20);
    const unknown = rows.flatMap((row) => [
      ...row.rules.filter((id) => !ruleIds.includes(id)),
      ...row.items.filter((name) => !items.includes(name)),
      ...row.operations.filter((name) => !operations.has(name)),
    ]);
    expect(unknown).toEqual([]);
  });

  it('has a rule and a coverage item in every row', () => {
    const poor = rows.filter((row) => row.rules.length === 0 || row.items.length === 0);
    expect(poor).toEqual([]);
  });

  it('leaves out no coverage item', () => {
    const named = new Set(rows.flatMap((row) => row.items));
    expect(items.filter((name) => !named.has(name))).toEqual([]);
  });

  it('leaves out no rule', () => {
    const text = pages.map((page) => readFileSync(new URL(page, PLAN), 'utf8')).join('\n');
    expect(ruleIds.filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  });
});
