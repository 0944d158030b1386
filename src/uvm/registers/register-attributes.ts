// What the built-in sequences must leave alone: attributes of blocks, registers, fields and memories, each with the reason.
// Source: IEEE 1800.2 annex E (register test sequences); there they are strings in the resource database, here they are typed.

/** The value of an attribute is the reason, one phrase: it stands in the report of the sequence. */
export type RegisterAttributes = Readonly<Partial<Record<RegisterAttribute, string>>>;

/**
 * What a register, field, memory or block is left out of: all built-in tests, or one of them (IEEE 1800.2 annex E).
 */
export type RegisterAttribute =
  | 'NO_REG_TESTS'
  | 'NO_REG_HW_RESET_TEST'
  | 'NO_REG_BIT_BASH_TEST'
  | 'NO_REG_ACCESS_TEST'
  | 'NO_REG_SHARED_ACCESS_TEST'
  | 'NO_MEM_TESTS'
  | 'NO_MEM_WALK_TEST'
  | 'NO_MEM_ACCESS_TEST';

/** What carries attributes, and inherits those of its parents. */
export interface Attributed {
  readonly attributes: RegisterAttributes;
  readonly parent: Attributed | undefined;
}

/** Why a test leaves `subject` alone: the reason of the first attribute that it or one of its parents has. */
export function exclusionOf(
  subject: Attributed,
  ...attributes: readonly RegisterAttribute[]
): string | undefined {
  for (let at: Attributed | undefined = subject; at !== undefined; at = at.parent) {
    for (const attribute of attributes) {
      const reason = at.attributes[attribute];
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}
