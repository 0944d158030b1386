/**
 * A covergroup turned into one flat function (design decision 13): what to read, which class a value has, which bin counts,
 * which tuple of each cross, all spelled out. What comes out for a point of eight bins and a cross, shortened:
 *
 *     let h0 = -1;                                        the bin hit; -1 none
 *     v = s["a"];
 *     if (typeof v === 'number') { x = v - 0; if (x >>> 0 === x && x < 8) h0 = k1[x]; }
 *     if (h0 >= 0) k2[h0]++;
 *     …
 *     if ((h0 | h1) >= 0) k9[h0 * 8 + h1]++;
 *
 * A point is *flat* when each value hits at most one bin: then the bin is a local variable. Other points (overlapping bins,
 * transitions) count in `Coverpoint.count` and leave their hits there for the crosses; a cross with such an axis counts in
 * `Cross.countHits`. Functions of the author are called in the order of the fields, points before crosses, as one would
 * expect of a sample.
 */
import { CodeBuilder } from '#base/compile';
import type { BinTable } from './bin-table.ts';
import type { Coverpoint } from './coverpoint.ts';
import type { Cross } from './cross.ts';
import { searchedClass, type ClassList, type NumberClasses } from './value-classes.ts';

/** What is compiled, and who is told of illegal hits at once. */
export interface SamplerParts<T> {
  readonly points: readonly Coverpoint<T>[];
  readonly crosses: readonly Cross<T>[];
  readonly illegalValue: (point: Coverpoint<T>, illegal: number, sampled: T) => void;
  readonly illegalTuple: (cross: Cross<T>, index: number) => void;
  /** Throws: no bin is of such values, and nobody would see that they count nowhere. */
  readonly bigintSampled: (point: Coverpoint<T>, value: bigint) => void;
}

/** Names in the code of those who are told of a value. */
interface Told {
  readonly value: string;
  readonly bigint: string;
}

/** Codes of a flat point by class, below the numbers of bins. */
const NO_BIN = -1;
const DEFAULT_BIN = -2;
const ILLEGAL_BASE = -3;

/** Values of a flat point that have a table of codes of their own: a page of memory, not more. */
const DIRECT_ENTRIES_MAX = 4096;
/** So many labels are compared one after the other; more are looked up. */
const LABELS_COMPARED_MAX = 12;

/** The function that counts one sample in all points, then in all crosses. */
export function compileSampler<T>(parts: SamplerParts<T>): (sampled: T) => void {
  const code = new CodeBuilder();
  // What is stopped is left out: whoever starts it again has the group compile anew.
  const points = parts.points.filter((point) => point.isOn);
  const crosses = parts.crosses.filter((cross) => cross.isOn);
  const flat = new Set(points.filter((point) => isFlat(point.table)));
  // A flat point that stands beside a general one in a cross leaves its hit in the point, too.
  const shown = new Set(
    crosses.filter((cross) => !cross.points.every((p) => flat.has(p))).flatMap((c) => c.points),
  );
  const names = {
    value: code.bind(parts.illegalValue),
    tuple: code.bind(parts.illegalTuple),
    bigint: code.bind(parts.bigintSampled),
  };
  code.line('return (s) => {', 'let v, c, x, i;');
  points.forEach((point, index) => {
    if (flat.has(point)) flatPoint(code, point, { index, isShown: shown.has(point), names });
    else generalPoint(code, point, names);
  });
  for (const cross of crosses) {
    const axes = cross.points.map((point) => (flat.has(point) ? points.indexOf(point) : -1));
    compileCross(code, cross, axes, names.tuple);
  }
  code.line('};');
  return code.build<(sampled: T) => void>();
}

/** Whether each value hits at most one bin, and neither the values before it nor a condition of a bin matter. */
function isFlat(table: BinTable): boolean {
  const { transitions, guards, binsOf } = table;
  const hasMemory = transitions.length > 0 || guards !== undefined;
  return !hasMemory && binsOf.every((bins) => bins.length <= 1);
}

/** By class. Plain loops here and below: they run for every point of every run, and `Int32Array.from` is slow. */
function codesOf(table: BinTable): Int32Array {
  const codes = new Int32Array(table.binsOf.length).fill(NO_BIN);
  for (let one = 0; one < codes.length; one++) {
    if (table.illegalOf[one] >= 0) codes[one] = ILLEGAL_BASE - table.illegalOf[one];
    else if (table.binsOf[one].length > 0) codes[one] = table.binsOf[one][0];
    else if (table.defaultOf[one] !== 0) codes[one] = DEFAULT_BIN;
  }
  return codes;
}

/** Sets `h<index>` to the bin hit, or to something negative. */
function flatPoint<T>(
  code: CodeBuilder,
  point: Coverpoint<T>,
  how: { readonly index: number; readonly isShown: boolean; readonly names: Told },
): void {
  const { table } = point;
  const hit = `h${how.index}`;
  const own = code.bind(point);
  code.line(`let ${hit} = ${NO_BIN};`);
  if (how.isShown) code.line(`${own}.hitCount = 0;`);
  const end = openPoint(code, point);
  lookUpCode(code, table, hit);
  code.line(`if (${hit} >= 0) {`, `${code.bind(point.counts)}[${hit}]++;`);
  if (how.isShown) code.line(`${own}.hits[0] = ${hit};`, `${own}.hitCount = 1;`);
  code.line('}', `else if (typeof v === 'bigint') ${how.names.bigint}(${own}, v);`);
  if (table.hasDefault) code.line(`else if (${hit} === ${DEFAULT_BIN}) ${own}.defaultCount++;`);
  if (table.illegalNames.length > 0) {
    code.line(
      `else if (${hit} <= ${ILLEGAL_BASE}) {`,
      `i = ${ILLEGAL_BASE} - ${hit};`,
      `${own}.illegalCounts[i]++;`,
      `${how.names.value}(${own}, i, s);`,
      '}',
    );
  }
  code.line(end);
}

/** Sets `hit` to the code of the value `v`; by value where a small table of numbers is all there is, else by class. */
function lookUpCode(code: CodeBuilder, table: BinTable, hit: string): void {
  const { numbers, scalars } = table;
  const codes = codesOf(table);
  const isDirect = numbers.kind === 'table' && numbers.classes.length <= DIRECT_ENTRIES_MAX;
  if (isDirect && scalars.size === 0) {
    const { classes } = numbers;
    const direct = new Int32Array(classes.length);
    for (let i = 0; i < direct.length; i++) direct[i] = codes[classes[i]];
    // What is not in the table is in class 0.
    if (codes[0] !== NO_BIN) code.line(`${hit} = ${codes[0]};`);
    lookUpNumber(code, numbers, { into: hit, from: direct });
    return;
  }
  lookUpClass(code, table);
  code.line(`${hit} = ${code.bind(codes)}[c];`);
}

function generalPoint<T>(code: CodeBuilder, point: Coverpoint<T>, names: Told): void {
  const own = code.bind(point);
  code.line(`${own}.hitCount = 0;`);
  const end = openPoint(code, point);
  lookUpClass(code, point.table);
  const counted = point.table.guards === undefined ? 'count(c)' : 'countGuarded(c, s)';
  code.line(`if (c === 0 && typeof v === 'bigint') ${names.bigint}(${own}, v);`);
  code.line(`i = ${own}.${counted};`, `if (i >= 0) ${names.value}(${own}, i, s);`, end);
}

/** Begins what is done only when the point has a value, `v`. @returns what ends it. */
function openPoint<T>(code: CodeBuilder, point: Coverpoint<T>): string {
  const { source, iff } = point;
  if (iff !== undefined) code.line(`if (${code.bind(iff)}(s)) {`);
  const read = typeof source === 'function' ? `${code.bind(source)}(s)` : `s[${literal(source)}]`;
  code.line(`v = ${read};`, 'if (v !== undefined) {');
  return iff === undefined ? '}' : '} }';
}

/** Sets `c` to the class of the value `v`. */
function lookUpClass(code: CodeBuilder, { numbers, scalars }: BinTable): void {
  code.line('c = 0;');
  if (numbers.kind === 'table') {
    lookUpNumber(code, numbers, { into: 'c', from: numbers.classes });
  } else if (numbers.kind === 'search') {
    const args = [numbers.cuts, numbers.classes].map((value) => code.bind(value)).join(', ');
    code.line(`if (typeof v === 'number') c = ${code.bind(searchedClass)}(${args}, v);`);
  }
  if (scalars.size === 0) return;
  if (numbers.kind !== 'none') code.line('else');
  if (scalars.size > LABELS_COMPARED_MAX) {
    code.line(`c = ${code.bind(scalars)}.get(v) ?? 0;`);
    return;
  }
  const cases = [...scalars].map(([label, own]) => `if (v === ${literal(label)}) c = ${own};`);
  code.line(cases.join('\nelse '));
}

/** Sets a variable to the entry of a list of as many values from `low` on; outside, and for fractions, it stays. */
function lookUpNumber(
  code: CodeBuilder,
  numbers: Extract<NumberClasses, { readonly kind: 'table' }>,
  { into, from }: { readonly into: string; readonly from: ClassList | Int32Array },
): void {
  code.line(
    `if (typeof v === 'number') {`,
    `x = v - ${numbers.low};`,
    // One comparison for integers from 0 to 2^32-1.
    `if (x >>> 0 === x && x < ${from.length}) ${into} = ${code.bind(from)}[x];`,
    '}',
  );
}

/** A label or the name of a field as source text. */
function literal(text: unknown): string {
  return JSON.stringify(text);
}

/** @param axes by axis: the number of a flat point, or -1. */
function compileCross<T>(
  code: CodeBuilder,
  cross: Cross<T>,
  axes: readonly number[],
  illegal: string,
): void {
  const { dense } = cross.tuples;
  const isPlain = cross.isPlain && dense !== undefined && !axes.includes(-1);
  const own = isPlain ? '' : code.bind(cross);
  const guard = cross.iff === undefined ? '' : ` && ${code.bind(cross.iff)}(s)`;
  if (axes.includes(-1)) {
    // A cross without a tuple asks nobody whether it may count.
    const isHit = cross.points.map((_, axis) => `${own}.points[${axis}].hitCount > 0`).join(' && ');
    code.line(`if (${isHit}${guard}) {`, `i = ${own}.countHits(s);`);
    code.line(`if (i >= 0) ${illegal}(${own}, i);`, '}');
    return;
  }
  const hits = axes.map((index) => `h${index}`);
  const tuple = hits.map((hit, axis) => `${hit} * ${cross.strides[axis]}`).join(' + ');
  code.line(`if ((${hits.join(' | ')}) >= 0${guard}) {`);
  if (isPlain) code.line(`${code.bind(dense)}[${tuple}]++;`);
  else code.line(`i = ${own}.count(${tuple}, s);`, `if (i >= 0) ${illegal}(${own}, i);`);
  code.line('}');
}
