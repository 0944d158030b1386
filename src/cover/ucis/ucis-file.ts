/** Reading attributes of UCIS XML, tolerantly: what is missing has a default, what is wrong is said with its line. */
import { UsageError } from '#base/assert';
import type { XmlElement } from './xml-tree.ts';

/** What is noted while a file is read; many notes of one kind are one. */
export class UcisFile {
  private readonly byText = new Map<string, number[]>();

  note(line: number, text: string): void {
    this.byText.set(text, [...(this.byText.get(text) ?? []), line]);
  }

  get notes(): readonly string[] {
    return [...this.byText].map(([text, [first, ...others]]) => {
      return `line ${first}: ${text}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
    });
  }
}

export function badUcis({ line }: Pick<XmlElement, 'line'>, message: string): UsageError {
  return new UsageError('bad-ucis', `line ${line}: ${message}`);
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** @throws UsageError `bad-ucis` when it is missing. */
export function textOf(element: XmlElement, attribute: string): string {
  const text = element.attributes[attribute];
  if (text === undefined) throw badUcis(element, `<${element.name}> has no ${attribute}`);
  return text;
}

/** A whole number from 0. @throws UsageError `bad-ucis` for anything else. */
export function numberOf(
  element: XmlElement | undefined,
  attribute: string,
  missing: number,
): number {
  const text = element?.attributes[attribute];
  if (element === undefined || text === undefined) return missing;
  return wholeNumber(element, text, `${attribute} of <${element.name}>`);
}

export function wholeNumber(element: XmlElement, text: string, what: string): number {
  const number = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw badUcis(element, `${what} is '${text}', expected a whole number`);
}

/** An integer with a sign. @throws UsageError `bad-ucis`. */
export function integerOf(element: XmlElement, text: string, what: string): number {
  const number = /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isInteger(number)) return number;
  throw badUcis(element, `${what} is '${text}', expected an integer`);
}

export function booleanOf(element: XmlElement | undefined, attribute: string): boolean {
  const text = element?.attributes[attribute];
  return text === 'true' || text === '1';
}

/** Text of the user attribute of an element; undefined where it has none. */
export function userAttribute(element: XmlElement, key: string): string | undefined {
  return element.children.find((child) => {
    return child.name === 'userAttr' && child.attributes['key'] === key;
  })?.text;
}
