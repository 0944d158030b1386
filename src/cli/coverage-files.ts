// Reads coverage databases from files: those of a regression, older summaries, UCIS XML. Source: ADR 0007. Files of one model
// are merged at the speed of reading them: the first bytes of a file hold its counts, and a model is read only once.
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UsageError } from '#base/assert';
import { DatabaseBuilder, type CoverageDatabase, type RunInfo } from '#cover/database/database';
import { decodeDatabase } from '#cover/database/database-file';
import { badFile, noDatabase, type ByteSource } from '#cover/database/database-header';
import { importUcis } from '#cover/ucis/ucis-import';
import type { CoverageRecord } from '#record/coverage-record';
import { checkRunRecord } from '#record/parse-run-record';
import { REGRESSION_SCHEMA, type RegressionRecord } from '#record/regression-record';
import { RUN_SCHEMA, type RunRecord } from '#record/run-record';

/** What a regression writes into its folder. */
export const COVERAGE_FILE = 'coverage.rcov';
/** The same for other tools. */
export const UCIS_FILE = 'coverage.xml';
const SUMMARY_FILE = 'summary.json';
const RUN_FILE = 'run.json';
/** Read at once: all of a usual file but its models. */
const HEAD_BYTES = 256 * 1024;
const START_BYTES = 32;

const decoder = new TextDecoder();

/** Used again for every file: what is read from it is added up before the next one is opened. */
let head: Uint8Array | undefined;

class FileSource implements ByteSource {
  readonly size: number;
  private readonly fd: number;
  private readonly head: Uint8Array;

  constructor(fd: number) {
    this.fd = fd;
    this.size = fstatSync(fd).size;
    head ??= new Uint8Array(HEAD_BYTES);
    this.head = head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
  }

  read(from: number, to: number): Uint8Array {
    if (to <= this.head.length) return this.head.subarray(from, to);
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length;) {
      const more = readSync(this.fd, bytes, at, bytes.length - at, from + at);
      if (more === 0) throw new UsageError('bad-coverage', 'it became shorter while it was read');
      at += more;
    }
    return bytes;
  }
}

/**
 * Merges databases by path: files, or folders of regressions.
 * @param cwd what relative paths are relative to.
 * @throws UsageError `no-coverage` for a path that is not there or holds none, `bad-coverage` for a damaged or newer one.
 */
export function readCoverage(cwd: string, paths: readonly string[]): CoverageDatabase {
  const builder = new DatabaseBuilder();
  for (const path of paths) addPath(builder, path, resolve(cwd, path));
  return builder.build();
}

/** What a database keeps of a run beside its coverage. @param date when it was started, ISO 8601; '' where unknown. */
export function runInfo(record: RunRecord, date: string): RunInfo {
  const { test, seed, verdict, counts, replay, code } = record;
  const commit = code.commit ?? '';
  return { test, seed: String(seed), verdict, timePs: counts.timePs, replay, commit, date };
}

function addPath(builder: DatabaseBuilder, shown: string, path: string): void {
  // What a folder holds is named by its own name: that is the file that somebody has to look after.
  for (const file of filesOf(shown, path))
    addFile(builder, join(shown, relative(path, file)), file);
}

/** @throws UsageError `no-coverage` for a file that may not be read, or is none. */
function openedFile(shown: string, file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError('no-coverage', `cannot read '${shown}': ${what}`);
  }
}

function addFile(builder: DatabaseBuilder, shown: string, file: string): void {
  const fd = openedFile(shown, file);
  try {
    addContent(builder, new FileSource(fd));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `'${shown}': ${error.message}`);
  } finally {
    closeSync(fd);
  }
}

/** A file; of a folder what a regression has left there, or a single run. */
function filesOf(shown: string, path: string): readonly string[] {
  if (!existsSync(path)) {
    throw new UsageError('no-coverage', `there is no '${shown}'`, {
      hint: 'Name a coverage database, or the folder of a regression, such as out/latest.',
    });
  }
  if (!statSync(path).isDirectory()) return [path];
  const found = [COVERAGE_FILE, SUMMARY_FILE].map((name) => join(path, name)).find(existsSync);
  if (found !== undefined) return [found];
  const runs = join(path, 'runs');
  const names = existsSync(runs) ? readdirSync(runs).sort() : [];
  const records = names.map((name) => join(runs, name, RUN_FILE)).filter(existsSync);
  if (records.length > 0) return records;
  throw new UsageError('no-coverage', `the folder '${shown}' has no ${COVERAGE_FILE}`, {
    hint: 'A regression leaves one in its folder.',
  });
}

/** What a file is, is seen from how it begins. */
function addContent(builder: DatabaseBuilder, source: FileSource): void {
  const start = decoder.decode(source.read(0, Math.min(source.size, START_BYTES))).trimStart();
  if (start.startsWith('{') && !start.startsWith('{"schema"')) {
    addRecord(builder, decoder.decode(source.read(0, source.size)));
    return;
  }
  if (/^\ufeff?</.test(start)) {
    builder.addDatabase(importUcis(decoder.decode(source.read(0, source.size))).database);
    return;
  }
  const { groups, runs } = decodeDatabase(source, builder.models);
  for (const { model, block, unlisted } of groups) {
    builder.addCounts(model, block);
    if (unlisted !== undefined) builder.addUnlisted(model, unlisted);
  }
  builder.addRuns(runs);
}

/** @throws UsageError `bad-coverage` where it has not the form of coverage: nothing checks a summary before. */
function addSummary(builder: DatabaseBuilder, coverage: CoverageRecord): void {
  try {
    builder.addCoverage(coverage);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw badFile(`the coverage of its summary is damaged: ${error.message}`);
  }
}

/** The coverage of a regression that left no database, or of a single run. */
function addRecord(builder: DatabaseBuilder, text: string): void {
  let record: Partial<RegressionRecord> | RunRecord;
  try {
    record = JSON.parse(text) as Partial<RegressionRecord> | RunRecord;
  } catch {
    throw noDatabase();
  }
  if (record.schema === RUN_SCHEMA) {
    const run = checkRunRecord(record);
    builder.addRun(runInfo(run, ''), run.coverage);
  } else if (record.schema === REGRESSION_SCHEMA && Array.isArray(record.coverage?.groups)) {
    addSummary(builder, record.coverage);
  } else throw noDatabase();
}
