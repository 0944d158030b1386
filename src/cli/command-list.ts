// `ridgeline list`: tests, faults, rules, coverage. Source: issue "The command"; design, "JSON" (objects with `name`).
import type { CovergroupRecord } from '#record/coverage-record';
import type { RidgelineConfig } from '#run/config';
import { coverageModel } from '#run/elaborate';
import { ruleTable } from '#run/regression';
import { codeVersion } from './code-version.ts';
import { findProject, type FoundConfig } from './find-config.ts';
import { knownName } from './option-values.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** One line of a list; every value is shown as a column. */
type Row = Readonly<Record<string, string | number>> & { readonly name: string };

const LISTS: Readonly<Record<string, (found: FoundConfig) => Row[] | Promise<Row[]>>> = {
  tests: ({ config }) => tests(config),
  faults: ({ config }) => faults(config),
  rules: ({ config }) => rules(config),
  coverage,
};

export async function runList(
  what: string,
  options: { readonly json?: true },
  terminal: Terminal,
): Promise<number> {
  const list = LISTS[knownName('list', what, Object.keys(LISTS))];
  const rows = await list(await findProject(terminal));
  terminal.print(options.json === true ? `${JSON.stringify(rows)}\n` : columns(rows));
  return EXIT.PASS;
}

function tests({ tests: table }: RidgelineConfig): Row[] {
  return Object.entries(table).map(([name, { seeds, summary = '' }]) => ({ name, seeds, summary }));
}

function faults({ devices }: RidgelineConfig): Row[] {
  return Object.entries(devices).flatMap(([device, entry]) =>
    (entry.faults ?? []).map(({ name, rule, sentence }) => ({ name, rule, device, sentence })),
  );
}

/** Rules, with the planted faults that make them fire. */
function rules(config: RidgelineConfig): Row[] {
  const planted = faults(config);
  return ruleTable(config).map(({ id, basis, source, sentence }) => {
    const by = planted.filter(({ rule }) => rule === id).map(({ name }) => name);
    return { name: id, basis, faults: by.join(' '), source, sentence };
  });
}

async function coverage({ config, folder }: FoundConfig): Promise<Row[]> {
  const { tests: byTest, all } = await coverageModel(config, {
    seed: 1,
    device: Object.keys(config.devices)[0],
    fault: null,
    profile: null,
    parameters: {},
    code: codeVersion(folder),
    verbosity: null,
    dutTimeoutSeconds: 30,
  });
  return all.groups.map((group) => {
    const inTests = [...byTest].filter(([, { groups }]) =>
      groups.some(({ type }) => type === group.type),
    );
    return {
      name: group.type,
      bins: binCount(group),
      points: group.points.map(({ name }) => name).join(' '),
      crosses: group.crosses.map(({ name }) => name).join(' '),
      tests: inTests.map(([name]) => name).join(' '),
    };
  });
}

/** Countable bins of the points and crosses of a group. */
function binCount({ points, crosses }: CovergroupRecord): number {
  const sizes = new Map(points.map(({ name, bins }) => [name, bins.length]));
  let count = 0;
  for (const { bins } of points) count += bins.length;
  for (const { axes, excluded, bins } of crosses) {
    let tuples = 1;
    for (const { point } of axes) tuples *= sizes.get(point) ?? 0;
    for (let i = 1; i < excluded.length; i += 2) tuples -= excluded[i];
    count += tuples + bins.length;
  }
  return count;
}

/** Aligned columns with a heading. */
function columns(rows: readonly Row[]): string {
  if (rows.length === 0) return 'none\n';
  const keys = Object.keys(rows[0]);
  const lines = [keys, ...rows.map((row) => keys.map((key) => String(row[key])))];
  const widths = keys.map((_key, at) => Math.max(...lines.map((line) => line[at].length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
