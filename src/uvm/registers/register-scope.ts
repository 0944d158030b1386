// What registers live in: blocks, and register files in them.
import type { Attributed } from './register-attributes.ts';
import type { RegisterBlock } from './register-block.ts';
import type { RegisterModelContext } from './register-checks.ts';

export interface RegisterScope extends Attributed {
  readonly fullPath: string;
  /** The nearest block. */
  readonly block: RegisterBlock;
  readonly context: RegisterModelContext;
}
