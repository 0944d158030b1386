// `ridgeline cover exclude add|list|check`: the file of exclusions, which lies in the user's repository. Source: ADR 0007.
import { UsageError } from '#base/assert';
import {
  checkedExclusion,
  Exclusions,
  exclusionsText,
  isDay,
  patternHash,
  type Exclusion,
  type ResolvedExclusion,
} from '#cover/database/exclusions';
import { DatabaseView, pathText } from '#cover/database/database-view';
import { suggest } from '#base/suggest';
import { badValue } from '../option-values.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import {
  EXCLUSIONS_FILE,
  readDatabase,
  readExclusions,
  today,
  writeOutput,
} from './cover-inputs.ts';
import { countText, tableText } from './cover-texts.ts';

export interface ExcludeOptions {
  /** Where the model is read from; without it, out/latest. */
  readonly coverage?: string;
  readonly exclusions?: string;
  readonly json?: true;
}

export interface AddOptions extends ExcludeOptions {
  readonly reason: string;
  readonly owner: string;
  readonly expires?: string;
  readonly proof?: string;
}

/** @throws UsageError for a path that names no bin, without reason or owner, with a bad day. */
export function excludeAdd(path: string, options: AddOptions, terminal: Terminal): number {
  assertAddOptions(path, options);
  const view = viewOf(terminal, options);
  const { reason, owner, expires, proof } = options;
  const model = patternHash(view.record, path);
  const entry = {
    path,
    reason,
    owner,
    ...(proof !== undefined && { proof }),
    ...(expires !== undefined && { expires }),
    model,
  };
  const exclusion = checkedExclusion(entry, 'the exclusion');
  const [found] = new Exclusions(view, [exclusion], today()).resolved;
  if (found.bins.length === 0) {
    const paths = [...view.bins()].map((bin) => pathText(view.pathOf(bin)));
    throw new UsageError('bad-exclusions', `no bin is called '${path}'${suggest(path, paths)}`, {
      hint: 'A path is Type/item/bin, with * and ?; `ridgeline cover report --holes 1000` lists holes.',
    });
  }
  const others = readAll(terminal, options).filter((other) => other.path !== path);
  const list = [...others, exclusion].sort((a, b) => (a.path < b.path ? -1 : 1));
  const file = options.exclusions ?? EXCLUSIONS_FILE;
  writeOutput(terminal, file, exclusionsText(list));
  terminal.print(`${file}: '${path}' takes out ${countText(found.bins.length, 'bin')}\n`);
  for (const bin of found.hit) {
    const times = countText(view.counts[bin], 'time');
    terminal.note(`ridgeline: '${pathText(view.pathOf(bin))}' was hit ${times}\n`);
  }
  return EXIT.PASS;
}

/** Says of each argument by its name what is wrong with it. */
function assertAddOptions(path: string, { reason, owner, expires, proof }: AddOptions): void {
  const texts = { PATH: path, '--reason': reason, '--owner': owner, '--proof': proof };
  for (const [name, text] of Object.entries(texts)) {
    if (text?.trim() === '') throw badValue(name, text, 'a text that is not empty');
  }
  if (expires === undefined) return;
  if (!isDay(expires)) throw badValue('--expires', expires, 'a day that there is, as 2027-01-31');
  const day = today();
  if (expires < day) {
    throw badValue('--expires', expires, `today, ${day}, or later: it would be dropped at once`);
  }
}

export function excludeList(options: ExcludeOptions, terminal: Terminal): number {
  const resolved = resolvedOf(terminal, options);
  terminal.print(options.json === true ? `${jsonText(resolved)}\n` : listText(resolved));
  return EXIT.PASS;
}

/** Exit status 1 when an exclusion is not as it should be. */
export function excludeCheck(options: ExcludeOptions, terminal: Terminal): number {
  const resolved = resolvedOf(terminal, options);
  const wrong = resolved.filter(({ state }) => state !== 'active');
  if (options.json === true) terminal.print(`${jsonText(wrong)}\n`);
  else if (wrong.length > 0) terminal.print(listText(wrong));
  else terminal.print(`${countText(resolved.length, 'exclusion')}, all in order\n`);
  return wrong.length > 0 ? EXIT.FAIL : EXIT.PASS;
}

function viewOf(terminal: Terminal, { coverage }: ExcludeOptions): DatabaseView {
  return new DatabaseView(readDatabase(terminal, coverage === undefined ? [] : [coverage]));
}

/** What a file holds that need not be there yet. */
function readAll(terminal: Terminal, { exclusions }: ExcludeOptions): readonly Exclusion[] {
  try {
    return readExclusions(terminal, exclusions);
  } catch (error) {
    if (error instanceof UsageError && error.message.startsWith('there is no ')) return [];
    throw error;
  }
}

function resolvedOf(terminal: Terminal, options: ExcludeOptions): readonly ResolvedExclusion[] {
  const list = readExclusions(terminal, options.exclusions);
  return new Exclusions(viewOf(terminal, options), list, today()).resolved;
}

function jsonText(resolved: readonly ResolvedExclusion[]): string {
  return JSON.stringify(
    resolved.map(({ exclusion, state, bins, hit }) => ({
      name: exclusion.path,
      ...exclusion,
      state,
      bins: bins.length,
      hit: hit.length,
    })),
  );
}

function listText(resolved: readonly ResolvedExclusion[]): string {
  if (resolved.length === 0) return 'no exclusions\n';
  const rows = resolved.map(({ exclusion, state, bins, hit }) => [
    exclusion.path,
    hit.length > 0 ? `${state}, ${hit.length} hit` : state,
    String(bins.length),
    exclusion.owner,
    exclusion.expires ?? '',
    exclusion.reason,
  ]);
  const head = ['exclusion', 'state', 'bins', 'owner', 'until', 'reason'];
  return tableText([head, ...rows], [0, 1, 3, 4, 5]);
}
