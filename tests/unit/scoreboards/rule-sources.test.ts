// The page of sources, against what rules cite: every word can be looked up, and every file that it names is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SIOV_RULES } from '#scoreboards/all-rules';
import { COVERAGE_RULES } from '#uvm/testbench';

const FOLDER = 'docs/sources';
const page = readFileSync(join(FOLDER, 'README.md'), 'utf8');
const rules = [...SIOV_RULES, COVERAGE_RULES].flatMap((set) => Object.values(set));
const KINDS = ['PCIe Base', 'siov-facts', 'SRD', 'config-space table', 'semantics', 'IEEE 1800.2'];

describe('the sources of rules', () => {
  it.each(rules.map(({ id, source }) => [id, source]))('%s: %s', (_id, source) => {
    const named = KINDS.filter((kind) => source.includes(kind));
    expect(named).not.toEqual([]);
    for (const kind of named) expect(page).toContain(`\`${kind}`);
    for (const [section] of source.matchAll(/(?:SRD|siov-facts) §\d+/g)) {
      expect(page).toMatch(new RegExp(`^\\| ${section} `, 'm'));
    }
  });

  it.each(
    [...page.matchAll(/`((?:src|env|scoreboards|reports|tests)\/[\w./-]*)`/g)].map(
      ([, path]) => path,
    ),
  )('names %s, which is there', (path) => expect([path, existsSync(path)]).toEqual([path, true]));

  it.each([...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path))(
    'points at %s, which is there',
    (path) => {
      expect([path, existsSync(join(FOLDER, path))]).toEqual([path, true]);
    },
  );

  it('are pointed at by README, the plan, the glossary and the guide', () => {
    for (const file of ['README.md', 'docs/vplan/README.md', 'docs/glossary/README.md']) {
      expect(readFileSync(file, 'utf8')).toMatch(/sources\/README\.md/);
    }
    expect(readFileSync('docs/guide/reading-a-failure.md', 'utf8')).toContain(
      '../sources/README.md',
    );
  });
});
