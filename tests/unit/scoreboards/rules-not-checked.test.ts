// The page of rules without a check, against the table of the code: none is missing, none is checked after all.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULES_NOT_CHECKED, SIOV_RULES } from '#scoreboards/all-rules';

const page = readFileSync('docs/rules-not-checked.md', 'utf8');
const checked = new Set(SIOV_RULES.flatMap((rules) => Object.values(rules).map(({ id }) => id)));

describe('rules that are not checked', () => {
  it.each(RULES_NOT_CHECKED.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${id}\``));
    expect(row).toContain(rule.reason);
    expect(row).toContain(rule.checkedBy === '' ? 'nothing' : `\`${rule.checkedBy}\``);
    expect(checked.has(id)).toBe(false);
    if (rule.checkedBy !== '') expect([...checked]).toContain(rule.checkedBy);
  });

  it('are all that the page names', () => {
    const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]);
    expect(named).toEqual(RULES_NOT_CHECKED.map(({ id }) => id));
  });
});
