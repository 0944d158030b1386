// What the operations of a crowd work on: one lane's tenant, which visits the SDIs of its share one after the other, and the
// turn at the device, whose commands come one at a time. Source: SRD §5; design, "Operation" (lanes).
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import type { TenantHome } from '#env/tenant-home';
import { SimEvent, type Process } from '#kernel/process';

/**
 * Whose turn it is to choose resources and send a command: what one lane has chosen, no other takes meanwhile. First come, first
 * served.
 */
export class AdminTurn {
  private readonly queue: object[] = [];
  private readonly next = new SimEvent('turn at the admin commands');

  /** Does `work` when the turn has come. */
  *during<T>(work: () => Process<T>): Process<T> {
    const ticket = {};
    this.queue.push(ticket);
    try {
      while (this.queue[0] !== ticket) yield this.next;
      return yield* work();
    } finally {
      // Also of one that is killed while it waits.
      this.queue.splice(this.queue.indexOf(ticket), 1);
      this.next.trigger();
    }
  }
}

export class CrowdLane {
  readonly env: SiovEnv;
  readonly tenant: TenantAgent;
  readonly turn: AdminTurn;

  constructor(env: SiovEnv, tenant: TenantAgent, turn: AdminTurn) {
    this.env = env;
    this.tenant = tenant;
    this.turn = turn;
  }

  /** The book entry of a slot; undefined: the run has fewer, or the device is lost. */
  entry(slot: number): SdiEntry | undefined {
    const { hypervisor } = this.env.child;
    return hypervisor.isReady ? hypervisor.ledger.entries[slot] : undefined;
  }

  /** Does `work` as the tenant of an SDI. */
  *visiting<T>(home: TenantHome, work: () => Process<T>): Process<T> {
    const { env, tenant } = this;
    tenant.visit(home);
    // Known to the calm phase before anything is rung.
    env.busyHomes.add(home);
    try {
      return yield* work();
    } finally {
      tenant.visit(undefined);
      if ((home.queue?.posted ?? 0) === (home.queue?.ended ?? 0)) env.busyHomes.delete(home);
    }
  }
}
