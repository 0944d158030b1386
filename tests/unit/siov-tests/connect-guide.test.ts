// The chapter 'connect your device' against what it speaks of: its examples stand in the files of the second device as they are,
// and its table has every field of a policy, with SRD's answer.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SIOV_RULES } from '#scoreboards/all-rules';
import { ERROR_MESSAGE_RULES } from '#scoreboards/error-messages';
import { SRD_POLICY } from '#siov/siov-policy';
import * as siov from '../../siov/index.ts';

const page = readFileSync('docs/guide/connect-your-device.md', 'utf8');
const examples = [...page.matchAll(/<!-- (\S+) -->\s*```ts\n([\s\S]*?)```/g)].map(
  ([, path, text]) => [path, text] as const,
);
const ids = new Set(
  [...SIOV_RULES, ERROR_MESSAGE_RULES].flatMap((set) => Object.values(set).map(({ id }) => id)),
);

/** Without what a formatter moves. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

describe('the guide to another device', () => {
  it('shows enough, and nothing without its file', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
    expect(page.match(/```ts/g)?.length).toBe(examples.length);
  });

  it.each(examples)('takes an example from %s', (path, text) => {
    expect(flat(readFileSync(path, 'utf8'))).toContain(flat(text));
  });

  const rows = page.split('\n').filter((line) => /^\| `\w+\.\w+/.test(line));
  const named = rows.flatMap((row) =>
    [...row.split('|')[1].matchAll(/`([\w.]+)`/g)].map(([, one]) => one),
  );

  it('has a row for every field of a policy', () => {
    const full = named.map((name) => (name.startsWith('.') ? `sdiReset${name}` : name));
    const fields = Object.entries(SRD_POLICY).flatMap(([group, values]) =>
      Object.keys(values as object).map((name) => `${group}.${name}`),
    );
    expect([...full].sort()).toEqual([...fields].sort());
  });

  it("names SRD's answer first", () => {
    for (const row of rows) {
      const [, field, values] = row.split('|');
      const [, group, name] = /`(\w+)\.(\w+)`/.exec(field) ?? [];
      const answer = (SRD_POLICY[group as 'pages'] as unknown as Record<string, unknown>)[name];
      if (typeof answer !== 'string') continue;
      expect([name, values.trim().startsWith(`\`${answer}\``)]).toEqual([name, true]);
    }
  });

  it('names rules that there are', () => {
    const rules = rows.flatMap((row) =>
      [...row.split('|')[5].matchAll(/`([^`]+)`/g)].map(([, one]) => one),
    );
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter((id) => !ids.has(id))).toEqual([]);
  });

  // Items of what has a field stand in its third column, of what has none in the first one.
  const others = page.split('\n').filter((line) => /^\| \d+ +\|/.test(line));

  it('says of each item of siov-facts §14 which field answers it, or that none does', () => {
    const items = [
      ...rows.map((row) => row.split('|')[3]),
      ...others.map((row) => row.split('|')[1]),
    ]
      .flatMap((text) => text.split(','))
      .filter((text) => text.trim() !== '')
      .map(Number);
    expect([...new Set(items)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
  });

  it.each([
    [5, 'ARI'],
    [9, 'header log'],
    [9, 'the PF logs'],
    [10, 'TPH, IDO, LTR'],
    [10, 'page requests'],
    [13, 'TDISP'],
    [14, 'migration'],
  ])('says that item %i, %s, has no field', (item, words) => {
    const row = others.find((one) => Number(one.split('|')[1]) === item && one.includes(words));
    expect(row).toMatch(/not modelled/);
  });

  it('names rules that there are where it has no field', () => {
    const named = others.flatMap((row) => [...row.matchAll(/`((?:T|SRD)-[^`]+)`/g)]);
    expect(named.length).toBeGreaterThan(5);
    for (const [, id] of named) expect([id, ids.has(id)]).toEqual([id, true]);
  });

  it('shows whole files where a newcomer copies them', () => {
    for (const name of ['ridgeline.config.ts', 'my-kit.ts']) {
      const path = `docs/guide/connect-your-device/${name}`;
      const [, text] = examples.find(([one]) => one === path) ?? [];
      expect([path, text]).toEqual([path, readFileSync(path, 'utf8')]);
    }
  });

  it('names what is imported from ridgeline/siov, and it is there', () => {
    const imported = [...page.matchAll(/import \{([^}]+)\} from 'ridgeline\/siov'/g)].flatMap(
      ([, names]) => names.split(',').map((name) => name.replace('type ', '').trim()),
    );
    expect(imported).toContain('siovConfig');
    const values = imported.filter((name) => name !== 'DeviceKit');
    for (const name of [...values, 'inProcess', 'PacketBatch', 'PlainScoreboard', 'definePolicy']) {
      expect([name, Object.hasOwn(siov, name)]).toEqual([name, true]);
    }
  });

  it('points at files that are there', () => {
    for (const [, path] of page.matchAll(/`((?:tests|docs)\/[\w./-]+)`/g)) {
      expect([path, existsSync(path)]).toEqual([path, true]);
    }
  });
});
