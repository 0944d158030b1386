// `ridgeline cover`: registers its commands. Source: ADR 0007.
import type { Command } from 'commander';
import { coverDiff, type DiffOptions } from './cover-diff.ts';
import {
  excludeAdd,
  excludeCheck,
  excludeList,
  type AddOptions,
  type ExcludeOptions,
} from './cover-exclude.ts';
import {
  coverExport,
  coverImport,
  RUNS_PER_BIN,
  type ExportOptions,
  type ImportOptions,
} from './cover-exchange.ts';
import { coverMerge, type MergeOptions } from './cover-merge.ts';
import { coverRank, type RankOptions } from './cover-rank.ts';
import { coverReport, type ReportOptions } from './cover-report.ts';
import type { Terminal } from '../terminal.ts';

/** Where a command prints, and who gets its exit status. */
interface Ends {
  readonly terminal: Terminal;
  readonly done: (status: number) => void;
}

const PATHS_TEXT = `
A PATH is a coverage database, the folder of a regression, or a UCIS XML file; several are
merged. Without one it is out/latest. Bins are named by Type/item/bin; a tuple is "a=x b=y".`;

export function addCoverCommand(program: Command, ends: Ends): void {
  const cover = program
    .command('cover')
    .description('coverage: report, merge, rank, diff, export, import, exclude')
    .addHelpText('after', PATHS_TEXT);
  addReading(cover, ends);
  addWriting(cover, ends);
  addExchange(cover, ends);
  addExclude(cover, ends);
}

const EXCLUSIONS = [
  '--exclusions <FILE>',
  'file of exclusions; without it, coverage-exclusions.json where it is there',
] as const;
const JSON_OPTION = ['--json', 'print one JSON object'] as const;

function addReading(cover: Command, { terminal, done }: Ends): void {
  cover
    .command('report')
    .argument('[path...]', 'databases, merged')
    .description('percentages, holes, exclusions; which tests and seeds hit which bin')
    .option('--holes <N>', 'holes to list', '20')
    .option('--tests [GLOB]', 'list the runs that hit each bin; only bins of these paths')
    .option(...EXCLUSIONS)
    .option(...JSON_OPTION)
    .addHelpText('after', PATHS_TEXT)
    .action((paths: string[], options: ReportOptions) =>
      done(coverReport(paths, options, terminal)),
    );
  cover
    .command('rank')
    .argument('[path...]', 'databases, merged')
    .description('the smallest set of runs with the same coverage')
    .option(...EXCLUSIONS)
    .option(...JSON_OPTION)
    .addHelpText('after', PATHS_TEXT)
    .action((paths: string[], options: RankOptions) => done(coverRank(paths, options, terminal)));
  cover
    .command('diff')
    .argument('<before>', 'a database')
    .argument('<after>', 'another one')
    .description('bins gained and lost between two databases; exit status 1 when one was lost')
    .option('--counts', 'list bins whose counts changed, too')
    .option(...JSON_OPTION)
    .addHelpText('after', PATHS_TEXT)
    .action((before: string, after: string, options: DiffOptions) =>
      done(coverDiff([before, after], options, terminal)),
    );
}

function addWriting(cover: Command, { terminal, done }: Ends): void {
  cover
    .command('merge')
    .argument('<path...>', 'databases')
    .description('one database of many, whatever their order and their models')
    .requiredOption('-o, --output <FILE>', 'the merged database')
    .option(...JSON_OPTION)
    .addHelpText('after', PATHS_TEXT)
    .action((paths: string[], options: MergeOptions) => done(coverMerge(paths, options, terminal)));
}

function addExchange(cover: Command, { terminal, done }: Ends): void {
  cover
    .command('export')
    .argument('[path...]', 'databases, merged')
    .description('UCIS XML: all bins with their values, a history node per run')
    .option('-o, --output <FILE>', 'file to write; without it, standard output')
    .option('--dialect <D>', 'pyucis: no namespace; accellera: that of the standard', 'pyucis')
    .option('--defaults-as-ignore', 'for readers that count default bins as others')
    .option('--runs-per-bin <N>', "runs that a bin names, or 'all'", String(RUNS_PER_BIN))
    .option(...EXCLUSIONS)
    .addHelpText('after', PATHS_TEXT)
    .action((paths: string[], options: ExportOptions) =>
      done(coverExport(paths, options, terminal)),
    );
  cover
    .command('import')
    .argument('<xml>', 'UCIS XML, of either dialect')
    .description('a database from UCIS XML; what is left out is said with its line')
    .requiredOption('-o, --output <FILE>', 'the database')
    .option(...JSON_OPTION)
    .action((path: string, options: ImportOptions) => done(coverImport(path, options, terminal)));
}

function addExclude(cover: Command, { terminal, done }: Ends): void {
  const exclude = cover
    .command('exclude')
    .description('bins that nobody expects: with a reason, an owner, perhaps an end');
  const withCommon = (command: Command): Command =>
    command
      .option('--coverage <PATH>', 'coverage whose bins are named; without it, out/latest')
      .option(...EXCLUSIONS);
  withCommon(
    exclude
      .command('add')
      .argument('<path>', 'Type/item/bin with * and ?; Type/item and Type for all bins in it')
      .description('take bins out of numerator and denominator')
      .requiredOption('--reason <TEXT>', 'why they are out')
      .requiredOption('--owner <NAME>', 'who answers for it')
      .option('--proof <TEXT>', 'what shows that no bin of them can be hit')
      .option('--expires <DAY>', 'last day on which it holds, 2027-01-31'),
  ).action((path: string, options: AddOptions) => done(excludeAdd(path, options, terminal)));
  withCommon(exclude.command('list').description('all exclusions and their state'))
    .option(...JSON_OPTION)
    .action((options: ExcludeOptions) => done(excludeList(options, terminal)));
  withCommon(
    exclude
      .command('check')
      .description('exclusions that are dropped, name nothing or were hit; exit status 1 with any'),
  )
    .option(...JSON_OPTION)
    .action((options: ExcludeOptions) => done(excludeCheck(options, terminal)));
}
