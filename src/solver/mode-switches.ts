/** Switching fields and constraint blocks of one object on and off, and asking for their modes (IEEE 1800 clauses 18.8, 18.9). */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { ModelShape } from './random-model.ts';
import { knownState, stateOf, StaticBlock } from './random-modes.ts';

/** Whether a field of an object is random; given `isOn`, makes it random or state. */
export function fieldMode(target: object, field: string, isOn?: boolean): boolean {
  if (isOn === true) knownState(target)?.fieldsOff.delete(field);
  else if (isOn === false) stateOf(target).fieldsOff.add(field);
  return knownState(target)?.fieldsOff.has(field) !== true;
}

/** @throws UsageError `unknown-name` when the class has no such random field. */
export function checkField({ name, fieldDomains }: ModelShape, field: string): void {
  const [key] = field.split('[');
  if (key in fieldDomains) return;
  const known = Object.keys(fieldDomains);
  throw new UsageError(
    'unknown-name',
    `${name} has no random field '${field}'${suggest(field, known)}`,
    { hint: `Its random fields: ${known.join(', ')}.` },
  );
}

/** @throws UsageError `unknown-name` also for an element of an array, which is no argument of `randomizeOnly` (clause 18.11). */
export function checkWholeField(shape: ModelShape, field: string): void {
  checkField(shape, field);
  const [key] = field.split('[');
  if (key === field) return;
  throw new UsageError(
    'unknown-name',
    `${shape.name}: randomizeOnly chooses whole fields, and '${field}' is an element of '${key}'`,
    { hint: `randMode('${field}', false) makes one element state.` },
  );
}

/**
 * Whether a block holds for an object; given `isOn`, switches it: for all objects when it is static.
 * @throws UsageError `unknown-name` when the class has no such block.
 */
export function blockMode(
  { name, blocks }: ModelShape,
  target: object,
  {
    block,
    isOn,
    run,
  }: {
    readonly block: string;
    readonly isOn: boolean | undefined;
    readonly run: object | undefined;
  },
): boolean {
  if (!Object.hasOwn(blocks, block)) {
    const known = Object.keys(blocks);
    throw new UsageError(
      'unknown-name',
      `${name} has no constraint block '${block}'${suggest(block, known)}`,
      { hint: `Its blocks: ${known.join(', ')}.` },
    );
  }
  const given = blocks[block];
  if (given instanceof StaticBlock) {
    if (isOn !== undefined) given.switch(run, isOn);
    return given.isOn(run);
  }
  if (isOn === true) knownState(target)?.blocksOff.delete(block);
  else if (isOn === false) stateOf(target).blocksOff.add(block);
  return knownState(target)?.blocksOff.has(block) !== true;
}
