/**
 * preRandomize and postRandomize: of the object that is randomized, then of the random objects in it, in the order of their fields (IEEE
 * 1800 clause 18.6.2). Objects that are state in the call are left alone.
 */
import type { ObjectSlot, Slot } from './layout.ts';
import { knownState } from './random-modes.ts';
import type { Chosen } from './slot-values.ts';

/** Called around a solve when the class has them; after a failed solve `postRandomize` is not. */
interface Hooks {
  preRandomize?(): void;
  postRandomize?(): void;
}
type Parts = Record<string | number, unknown>;

export function callHooks(
  name: keyof Hooks,
  target: object,
  slot: ObjectSlot,
  chosen: Chosen,
): void {
  (target as Hooks)[name]?.();
  const off = knownState(target)?.fieldsOff;
  for (const field of slot.fields) {
    if (field.kind !== 'object' && field.kind !== 'array') continue;
    const key = String(field.key);
    if (off?.has(key) === true || chosen?.has(key) === false) continue;
    callInside(name, field, (target as Parts)[field.key]);
  }
}

function callInside(name: keyof Hooks, slot: Slot, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (slot.kind === 'object') callHooks(name, value, slot, undefined);
  if (slot.kind !== 'array' || slot.elements.length === 0) return;
  const [first] = slot.elements;
  if (first.kind !== 'object' && first.kind !== 'array') return;
  const list = value as ArrayLike<unknown>;
  for (const element of slot.elements.slice(0, list.length)) {
    callInside(name, element, list[Number(element.key)]);
  }
}
