// The keys and the settings of the configuration. Source: semantics §4 (Config DB); keys are objects, not strings (design,
// "Rooms").
import type { PathPattern } from './path-pattern.ts';
import { SourcePlace } from './source-line.ts';
import { valueText } from './value-text.ts';

/** A name with a type: two keys of the same name are two keys. */
export interface ConfigKey<T> {
  readonly name: string;
  /** Never present: carries the type of the value. */
  readonly valueType?: T;
}

/** Makes a configuration key. The name is for messages. */
export function configKey<T>(name: string): ConfigKey<T> {
  return Object.freeze({ name });
}

/** One value set for a pattern of paths. */
export class ConfigSetting {
  readonly pattern: PathPattern;
  readonly precedence: number;
  /** Path of the component, or `the testbench`. */
  readonly setBy: string;
  readonly value: unknown;
  /** Times it was the one that counted for somebody who asked. */
  reads = 0;
  private readonly place = new SourcePlace('/src/uvm/');

  /** Made by `ConfigDb`. */
  constructor(pattern: PathPattern, precedence: number, setBy: string, value: unknown) {
    this.pattern = pattern;
    this.precedence = precedence;
    this.setBy = setBy;
    this.value = value;
  }

  /** `file(line)` of the call that set it. */
  get source(): string {
    return this.place.text;
  }

  /** The path of the testbench itself, `''`, matches `**` alone. */
  matches(path: string): boolean {
    return path === '' ? this.pattern.text === '**' : this.pattern.matches(path);
  }

  /** `'test.env.**' = 4, set by test at tests/a.ts(12), precedence 999`. */
  describe(): string {
    const at = this.source === '' ? '' : ` at ${this.source}`;
    const value = valueText(this.value);
    return `'${this.pattern.text}' = ${value}, set by ${this.setBy}${at}, precedence ${this.precedence}`;
  }
}
