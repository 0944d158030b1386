// A value of any type as text, for messages, traces and broken rules: in one line, of bounded length, never throws, whatever
// refers to what. Source: semantics §6.
import { bytesToHex } from '#base/bytes';

/** How much of a value is said. */
interface ValueStyle {
  /** Characters that are kept; what is longer ends in `…`. */
  readonly charsMax: number;
  /** Elements or fields of one value. */
  readonly partsMax: number;
  /** Values within values: what is deeper is `[…]` or `{…}`. */
  readonly levelsMax: number;
  /** Whether objects of classes show their fields. */
  readonly opensClasses: boolean;
  /** Whether a value that is a text stands without quotes. */
  readonly hasBareText: boolean;
}

/** A few words: `4`, `'text'`, `[1, 2]`, `{ speed: 4, nested: {…} }`, `AluModel {…}`. */
const BRIEF: ValueStyle = {
  charsMax: 120,
  partsMax: 8,
  levelsMax: 1,
  opensClasses: false,
  hasBareText: false,
};

/** All that is of use to compare two values: `text`, `01ab`, `Tlp { kind: 'MRd', route: { port: 1 } }`. */
const FULL: ValueStyle = {
  charsMax: 500,
  partsMax: 64,
  levelsMax: 8,
  opensClasses: true,
  hasBareText: true,
};

/** How a value is said: in a few words, or with what is in it. */
const STYLES = { brief: BRIEF, full: FULL };

/** Fields that are named without quotes. */
const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/**
 * A value as text in one line. `brief` is for messages that mention it: at most 120 characters. `full` is for what was
 * expected and seen: bytes, fields and what is in them, at most 500 characters.
 */
export function valueText(value: unknown, style: keyof typeof STYLES = 'brief'): string {
  const { charsMax, hasBareText } = STYLES[style];
  const text =
    hasBareText && typeof value === 'string'
      ? value
      : new ValuePrinter(STYLES[style]).print(value, 0);
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}

class ValuePrinter {
  private readonly style: ValueStyle;
  /** Each value has a character at least: more values than characters are not asked for, however they refer to each other. */
  private left: number;

  constructor(style: ValueStyle) {
    this.style = style;
    this.left = style.charsMax;
  }

  print(value: unknown, level: number): string {
    if (--this.left < 0) return '…';
    if (typeof value === 'string') return quoted(value);
    if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
    if (Object.is(value, -0)) return '-0';
    if (typeof value !== 'object' || value === null) return String(value);
    try {
      return this.object(value, level);
    } catch {
      return '{…}'; // a getter or a proxy that throws: a message must not become an exception
    }
  }

  private object(value: object, level: number): string {
    const { levelsMax, opensClasses } = this.style;
    if (value instanceof Uint8Array) return bytesToHex(value.subarray(0, this.style.charsMax));
    if (isList(value)) {
      if (level >= levelsMax && value.length > 0) return '[…]';
      return `[${this.elements(value, level + 1)}]`;
    }
    const name = className(value);
    const prefix = name === '' ? '' : `${name} `;
    const keys = Object.keys(value);
    // What a class keeps elsewhere than in fields, as a Map does, is not said to be empty.
    const isClosed = name !== '' && (!opensClasses || keys.length === 0);
    if (isClosed || (level >= levelsMax && keys.length > 0)) return `${prefix}{…}`;
    return keys.length === 0 ? '{}' : `${prefix}{ ${this.fields(value, keys, level + 1)} }`;
  }

  private elements(list: ArrayLike<unknown>, level: number): string {
    const shown = Array.from({ length: Math.min(list.length, this.style.partsMax) }, (_, i) =>
      this.print(list[i], level),
    );
    return this.listed(shown, list.length);
  }

  private fields(value: object, keys: readonly string[], level: number): string {
    const shown = keys.slice(0, this.style.partsMax).map((key) => {
      const text = this.print((value as Readonly<Record<string, unknown>>)[key], level);
      return `${PLAIN_NAME.test(key) ? key : quoted(key)}: ${text}`;
    });
    return this.listed(shown, keys.length);
  }

  private listed(shown: readonly string[], count: number): string {
    const rest = count - shown.length;
    return rest === 0 ? shown.join(', ') : `${shown.join(', ')}, … ${rest} more`;
  }
}

/** In one line: line ends and the like as JSON has them. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1);
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** '' for objects that are of no class. */
function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return '';
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === 'function' && constructor.name !== ''
    ? constructor.name
    : 'an object';
}

function isList(value: object): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
