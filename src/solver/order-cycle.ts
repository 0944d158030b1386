/** Orders of solving that contradict each other: a before b, b before c, c before a (IEEE 1800 clause 18.5.9). */
import { UsageError } from '#base/assert';
import type { Order } from './declaration.ts';
import type { VariableNames } from './print.ts';

/** @throws UsageError `order-cycle`, which names the way round. */
export function orderCycle(orders: readonly Order[], names: VariableNames): void {
  if (orders.length === 0) return;
  const next = new Map<number, { readonly to: number; readonly name: string }[]>();
  for (const { first, later, name } of orders) {
    for (const from of first) {
      const list = next.get(from) ?? [];
      list.push(...later.map((to) => ({ to, name })));
      next.set(from, list);
    }
  }
  const done = new Set<number>();
  const way: number[] = [];
  const blocks: string[] = [];
  const visit = (index: number): void => {
    const start = way.indexOf(index);
    if (start >= 0) {
      const fields = [...way.slice(start), index].map((at) => names.fields[at]);
      const which = [...new Set(blocks.slice(start))].map((name) => `'${name}'`).join(', ');
      throw new UsageError('order-cycle', `${which}: ${fields.join(' before ')}`, {
        hint: 'An order of solving has a beginning: leave out one of them.',
      });
    }
    if (done.has(index)) return;
    way.push(index);
    for (const { to, name } of next.get(index) ?? []) {
      blocks.push(name);
      visit(to);
      blocks.pop();
    }
    way.pop();
    done.add(index);
  };
  for (const index of next.keys()) visit(index);
}

/** Variables that come before others, and before which none is left: they are solved next. */
export function nextInOrder(
  orders: readonly Order[],
  known: ReadonlyMap<number, number>,
): readonly number[] {
  const open = orders.filter(({ later }) => later.some((index) => !known.has(index)));
  const late = new Set(
    open.flatMap(({ first, later }) => (first.some((index) => !known.has(index)) ? later : [])),
  );
  const found = open.flatMap(({ first }) => first.filter((i) => !known.has(i) && !late.has(i)));
  return [...new Set(found)].sort((a, b) => a - b);
}
