// The one place where tables become code (design decision 13). What is compiled comes from our own tables: of an author's
// text only names of fields and labels of bins, as string literals; of a device's bytes nothing.

/** Compiles a function body; `args` are the parameter names. The caller states the type it has built. */
export function compileFunction<F extends (...args: never[]) => unknown>(
  args: readonly string[],
  body: string,
): F {
  // oxlint-disable-next-line no-new-func, no-implied-eval -- see the header
  return new Function(...args, `'use strict';\n${body}`) as unknown as F;
}

/**
 * Code under construction: lines, and the values they speak of. Equal lines are compiled once per process, however often
 * and with whatever values they are built: objects of one shape share their optimized code, in the second run as in the
 * hundredth.
 *
 *     const code = new CodeBuilder();
 *     const counts = code.bind(new Float64Array(4));        // 'k0'
 *     code.line(`return (i) => { ${counts}[i]++; };`);
 *     const count = code.build<(i: number) => void>();
 */
export class CodeBuilder {
  private readonly lines: string[] = [];
  private readonly values: unknown[] = [];

  /** The name under which code can use a value. */
  bind(value: unknown): string {
    this.values.push(value);
    return `k${this.values.length - 1}`;
  }

  line(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  /** Runs the lines, which return what was built. The caller states its type. */
  build<R>(): R {
    const names = this.values.map((_, index) => `const k${index} = k[${index}];`);
    const body = [...names, ...this.lines].join('\n');
    let factory = FACTORIES.get(body);
    if (factory === undefined) {
      factory = compileFunction<Factory>(['k'], body);
      // Far more than a testbench has; a process that builds without end starts over now and then.
      if (FACTORIES.size >= FACTORIES_MAX) FACTORIES.clear();
      FACTORIES.set(body, factory);
    }
    return factory(this.values) as R;
  }
}

type Factory = (values: readonly unknown[]) => unknown;

/** By body. Holds code only, nothing of any run. */
const FACTORIES = new Map<string, Factory>();
const FACTORIES_MAX = 1000;
