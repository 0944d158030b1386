// What all ports have in common: connections, their number, and their check at the end of elaboration. Source: IEEE 1800.2
// clauses 5.5 and 12.2.10.
//
//   readonly out = new PutPort<Item>('out', this);                         // in a component; calls begin here
//   readonly into = new PutPort<Item>('into', this, { role: 'export' });   // calls come in here, and go on to the inside
//   this.child.a.out.connect(this.into);  this.into.connect(this.child.fifo);   // in connectPhase
// A port with an owner is checked: with too few connections the test does not start.
import { assert, UsageError } from '#base/assert';
import type { Testbench } from './testbench.ts';

/** `port`: calls begin here, or leave a component. `export`: calls enter a component. */
export type PortRole = 'port' | 'export';

export interface PortOwner {
  readonly fullPath: string;
  readonly testbench: Testbench;
}

/** Which way calls go through a port, and how many connections it wants and takes (IEEE 1800.2 clause 5.5). */
export interface PortOptions {
  /** Default `port`. */
  readonly role?: PortRole;
  /** Connections it wants; default 1, 0 for an analysis port. */
  readonly min?: number;
  /** Connections it takes; default 1, Infinity for an analysis port. */
  readonly max?: number;
}

/** The ports of one testbench that have an owner. */
interface Registry {
  readonly ports: Port<object>[];
  isResolved: boolean;
}

const registries = new WeakMap<Testbench, Registry>();

function registryOf(testbench: Testbench): Registry {
  let registry = registries.get(testbench);
  if (registry === undefined) {
    registry = { ports: [], isResolved: false };
    registries.set(testbench, registry);
  }
  return registry;
}

/**
 * For the test runner, after the connect phase: all ports have the connections they want.
 * @throws UsageError `port-unconnected`, which names every port that has too few.
 */
export function resolvePorts(testbench: Testbench): void {
  const registry = registryOf(testbench);
  registry.isResolved = true;
  const problems = registry.ports.flatMap((port) => port.problem() ?? []);
  if (problems.length === 0) return;
  throw new UsageError(
    'port-unconnected',
    `${problems.length === 1 ? 'a port is' : `${problems.length} ports are`} not connected`,
    { hint: problems.join('\n  ') },
  );
}

/** A port to providers of the interface `E`. */
export abstract class Port<E extends object> {
  readonly name: string;
  readonly owner: PortOwner | undefined;
  readonly role: PortRole;
  /** Connections it wants; with fewer the test does not start (`port-unconnected`). */
  readonly min: number;
  /** Connections it takes; one more is UsageError `port-connected`. */
  readonly max: number;
  protected readonly providers: E[] = [];
  /** Ports that are connected to this one. */
  private readonly users: Port<object>[] = [];

  /** @param owner the component whose port it is; without it, the port is not checked before it is used. */
  constructor(name: string, owner?: PortOwner, options: PortOptions = {}) {
    this.name = name;
    this.owner = owner;
    this.role = options.role ?? 'port';
    this.min = options.min ?? 1;
    this.max = options.max ?? 1;
    assert(this.min >= 0 && this.max >= this.min, 'a port takes at least as much as it wants');
    if (owner !== undefined) registryOf(owner.testbench).ports.push(this);
  }

  /** Path of the owner and name. */
  get fullPath(): string {
    return this.owner === undefined ? this.name : `${this.owner.fullPath}.${this.name}`;
  }

  /** Providers that are connected to it now. */
  get connectionCount(): number {
    return this.providers.length;
  }

  /**
   * Connects what provides the interface: an object that implements it, or a port that passes it on.
   * @throws UsageError `port-connected` beyond the maximum, `bad-connection` from an export to a port, `port-loop`,
   * `late-connection` after the connect phase.
   */
  connect(...providers: readonly E[]): void {
    for (const provider of providers) this.connectOne(provider);
  }

  /** Provider `index`, for a port that takes several. @throws UsageError `port-unconnected`. */
  providerAt(index: number): E {
    const provider = this.providers[index];
    if (provider === undefined) throw this.unconnected(index);
    return provider;
  }

  /** What it is connected to, directly and through other ports: a tree, one line each. */
  debugConnectedTo(): string[] {
    const lines = this.providers.flatMap((provider) =>
      provider instanceof Port ? provider.debugConnectedTo() : [describe(provider)],
    );
    return [describe(this), ...lines.map((line) => `  ${line}`)];
  }

  /** Which ports are connected to it, directly and through other ports. */
  debugProvidedTo(): string[] {
    const lines = this.users.flatMap((user) => user.debugProvidedTo());
    return [describe(this), ...lines.map((line) => `  ${line}`)];
  }

  /** For the check at the end of elaboration: what is wrong with it, and what to do. */
  problem(): string | undefined {
    const count = this.providers.length;
    if (count >= this.min) return undefined;
    const where = this.owner === undefined ? '' : ` of ${aboveOf(this.owner.fullPath)}`;
    return (
      `${this.role} '${this.fullPath}' has ${count} ${count === 1 ? 'connection' : 'connections'} ` +
      `and wants at least ${this.min}: connect it in connectPhase${where}.`
    );
  }

  /** The provider, of a port that has one. */
  protected get target(): E {
    const provider = this.providers[0];
    if (provider === undefined) throw this.unconnected(0);
    return provider;
  }

  private connectOne(provider: E): void {
    this.checkConnection(provider);
    this.providers.push(provider);
    if (provider instanceof Port) provider.users.push(this);
  }

  private checkConnection(provider: E): void {
    if (this.owner !== undefined && registryOf(this.owner.testbench).isResolved) {
      throw this.misuse('late-connection', 'is connected after the connect phase', {
        hint: 'All connections are made in connectPhase.',
      });
    }
    if (this.providers.length >= this.max) {
      const many = this.max === 1 ? '' : ` to ${this.max}, and takes no more`;
      throw this.misuse('port-connected', `is connected already${many}`, {
        hint: `It is connected to ${this.providers.map(describe).join(', ')}.`,
      });
    }
    if (!(provider instanceof Port)) return;
    if (provider === (this as object) || provider.leadsTo(this)) {
      throw this.misuse('port-loop', 'is connected to itself', {
        hint: provider === (this as object) ? '' : `By way of '${provider.fullPath}'.`,
      });
    }
    if (this.role === 'export' && provider.role === 'port') {
      throw this.misuse('bad-connection', `cannot be connected to port '${provider.fullPath}'`, {
        hint: 'A port is where calls begin: connect the port to the export.',
      });
    }
  }

  /** Whether a call through this port comes to `other`. */
  private leadsTo(other: object): boolean {
    return this.providers.some(
      (provider) =>
        provider === other || (provider instanceof Port && (provider as Port<E>).leadsTo(other)),
    );
  }

  private unconnected(index: number): UsageError {
    const which = index === 0 ? '' : ` (connection ${index})`;
    return this.misuse('port-unconnected', `is not connected${which}`, {
      hint: 'Connect it in connectPhase.',
    });
  }

  private misuse(code: string, what: string, context: { readonly hint: string }): UsageError {
    const { hint } = context;
    return new UsageError(
      code,
      `${this.role} '${this.fullPath}' ${what}`,
      hint === '' ? {} : { hint },
    );
  }
}

/** A provider for people: `export test.env.into (PutPort)`, `test.memory (Memory)`, `fifo (TlmFifo)`. */
function describe(provider: object): string {
  const { fullPath, name } = provider as { readonly fullPath?: unknown; readonly name?: unknown };
  const kind = provider.constructor.name;
  const role = provider instanceof Port && provider.role === 'export' ? 'export ' : '';
  const known = [fullPath, name].find((one) => typeof one === 'string' && one !== '');
  return known === undefined ? `an object (${kind})` : `${role}${known as string} (${kind})`;
}

function aboveOf(path: string): string {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : path;
}
