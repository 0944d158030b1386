// The one place where tables become code (design decision 13). What is compiled comes from our own tables, never from
// a user's text or a device's bytes.

/** Compiles a function body; `args` are the parameter names. The caller states the type it has built. */
export function compileFunction<F extends (...args: never[]) => unknown>(
  args: readonly string[],
  body: string,
): F {
  // oxlint-disable-next-line no-new-func, no-implied-eval -- see the header
  return new Function(...args, `'use strict';\n${body}`) as unknown as F;
}
