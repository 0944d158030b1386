// A value of any type in a few words, for messages and traces: never throws, whatever refers to what. Source: semantics §6.

/** Characters of a value that are shown. */
const TEXT_MAX = 120;
/** Elements or fields of a value that are shown. */
const PARTS_MAX = 8;

/** `4`, `'text'`, `[1, 2]`, `{ speed: 4 }`, `AluModel {…}`. */
export function describeValue(value: unknown): string {
  const text = describe(value, 0);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

function describe(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return depth > 0 ? '[…]' : `[${listed(value.map(inside))}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${value.constructor.name} {…}`;
  if (depth > 0) return '{…}';
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${inside(field)}`);
  return fields.length === 0 ? '{}' : `{ ${listed(fields)} }`;
}

function inside(value: unknown): string {
  return describe(value, 1);
}

function listed(parts: readonly string[]): string {
  if (parts.length <= PARTS_MAX) return parts.join(', ');
  return `${parts.slice(0, PARTS_MAX).join(', ')}, … ${parts.length - PARTS_MAX} more`;
}
