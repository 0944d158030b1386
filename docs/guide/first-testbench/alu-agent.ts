// The agent: a sequencer, a driver that turns items into activity on the bus, a monitor that turns activity into answers.
import { Agent, Driver, Monitor, Sequencer, delay, ns, type Process } from 'ridgeline';
import type { AluItem } from './alu-item.ts';
import { aluBus, type AluAnswer } from './alu-model.ts';

export class AluDriver extends Driver<AluItem> {
  /** Orders driven since the last reset: what the ALU owes answers for. */
  driven = 0;

  override *runPhase(): Process {
    const bus = this.config.get(aluBus);
    for (;;) {
      const item = yield* this.getNextItem();
      this.driven++;
      bus.drive(item.op, item.a, item.b);
      yield delay(ns(10));
      this.itemDone();
    }
  }
}

export class AluMonitor extends Monitor<AluAnswer> {
  override connectPhase(): void {
    this.config.get(aluBus).answered.connect(this.observed);
  }
}

/** Active or passive by configuration; an active agent connects its driver to its sequencer. */
export class AluAgent extends Agent {
  readonly child = this.children({
    sequencer: Sequencer<AluItem>,
    driver: AluDriver,
    monitor: AluMonitor,
  });
}
