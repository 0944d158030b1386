// What comparators and scoreboards have in common: how they compare, keep and print transactions. Source: IEEE 1800.2
// clause 5.3.
//
// Without more said, transactions are compared and copied by all their fields. A table of fields says it better, and
// leaves out what takes no part:
//   protected override transactionFields() { return busItem; }      // const busItem = fields(BusItem, { … })
import { Component } from './component.ts';
import { copyTransaction, differingFields, sameTransaction } from './transaction-fields.ts';
import { valueText } from './value-text.ts';

/** Differing fields that a failure names. */
const FIELDS_SHOWN = 8;

/** What `fields(…)` gives. */
export interface TransactionFields<T> {
  /** Whether two transactions are equal in the fields that are compared. */
  equals(expected: T, seen: T): boolean;
  /** A copy that shares nothing that can change. */
  clone(transaction: T): T;
  /** The first `max` places in which they differ, each with its path in the transaction. */
  differences(expected: T, seen: T, max: number): readonly { readonly path: string }[];
  /** The transaction as one line of text. */
  sprint(transaction: T, options: { readonly format: 'line' }): string;
}

export abstract class ComparingComponent<T> extends Component {
  /** The table of fields, if there is one. For overriding. */
  protected transactionFields(): TransactionFields<T> | undefined {
    return undefined;
  }

  /** Default: by the table, or of one class with all fields equal. For overriding. */
  protected isEqual(expected: T, actual: T): boolean {
    return this.transactionFields()?.equals(expected, actual) ?? sameTransaction(expected, actual);
  }

  /** What is kept of a transaction that has to wait; default a copy, as its writer may use it again. For overriding. */
  protected keep(transaction: T): T {
    return this.transactionFields()?.clone(transaction) ?? copyTransaction(transaction);
  }

  /** A transaction for people. For overriding. */
  protected describe(transaction: T): string {
    const table = this.transactionFields();
    if (table !== undefined) return table.sprint(transaction, { format: 'line' });
    return valueText(copyTransaction(transaction), 'full');
  }

  /** `different in length, payload[3]`; '' when there are no fields to name. */
  protected whereDifferent(expected: T, actual: T): string {
    const table = this.transactionFields();
    const paths =
      table === undefined
        ? differingFields(expected, actual, FIELDS_SHOWN)
        : table.differences(expected, actual, FIELDS_SHOWN).map(({ path }) => path);
    const named = paths.filter((path) => path !== '');
    return named.length === 0 ? '' : `different in ${named.join(', ')}`;
  }
}
