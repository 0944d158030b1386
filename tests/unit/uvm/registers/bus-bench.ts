// A bus of 4-byte words with byte enables, an agent on it, and a device behind it that keeps its registers bit by bit, written
// without the access policies of the model: what they say is compared, not shared.
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Agent } from '#uvm/agent';
import { Driver } from '#uvm/driver';
import type { Phase } from '#uvm/phase';
import { AnalysisPort } from '#uvm/ports';
import { RegisterAdapter, type RegisterBusOp } from '#uvm/registers/register-bus';
import { RegisterPredictor } from '#uvm/registers/register-predictor';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

export class BusItem extends SequenceItem {
  isWrite = false;
  address = 0;
  data = 0;
  enables = 0xf;
  isError = false;
}

/** `-` nothing there, `w` stores, `r` constant, `c` write 1 clears, `C` read clears, `s` write 1 sets, `o` write only. */
export class BusDevice {
  readonly bytes = new Map<number, number>();
  readonly log: string[] = [];
  behaviour: (address: number) => string = () => 'wwwwwwww';
  /** Addresses that answer with an error. */
  badFrom = Infinity;
  /** What goes wrong: called with each byte that is written. */
  fault: (address: number, value: number) => number = (_address, value) => value;

  run(item: BusItem): void {
    this.log.push(
      `${item.isWrite ? 'W' : 'R'} ${item.address.toString(16)}/${item.enables.toString(2)}`,
    );
    item.isError = item.address >= this.badFrom;
    if (item.isError) return;
    if (!item.isWrite) item.data = 0;
    for (let lane = 0; lane < 4; lane++) {
      if ((item.enables & (1 << lane)) === 0) continue;
      const address = item.address + lane;
      const data = (item.data >>> (8 * lane)) & 0xff;
      if (item.isWrite) this.writeByte(address, data);
      else item.data = (item.data | (this.readByte(address) << (8 * lane))) >>> 0;
    }
  }

  private writeByte(address: number, data: number): void {
    let byte = this.bytes.get(address) ?? 0;
    const kinds = this.behaviour(address);
    for (let bit = 0; bit < 8; bit++) {
      const kind = kinds[7 - bit];
      const isOne = (data & (1 << bit)) !== 0;
      if (kind === 'w' || kind === 'o') byte = isOne ? byte | (1 << bit) : byte & ~(1 << bit);
      if (kind === 'c' && isOne) byte &= ~(1 << bit);
      if (kind === 's' && isOne) byte |= 1 << bit;
    }
    this.bytes.set(address, this.fault(address, byte) & 0xff);
  }

  private readByte(address: number): number {
    const byte = this.bytes.get(address) ?? 0;
    const kinds = this.behaviour(address);
    let seen = 0;
    let left = byte;
    for (let bit = 0; bit < 8; bit++) {
      const kind = kinds[7 - bit];
      if (kind !== 'o' && kind !== '-') seen |= byte & (1 << bit);
      if (kind === 'C') left &= ~(1 << bit);
    }
    this.bytes.set(address, left);
    return seen;
  }

  word(address: number): number {
    let value = 0;
    for (let lane = 3; lane >= 0; lane--)
      value = value * 256 + (this.bytes.get(address + lane) ?? 0);
    return value;
  }
}

export class BusDriver extends Driver<BusItem> {
  device: BusDevice = new BusDevice();
  readonly observed = new AnalysisPort<BusItem>('observed');

  override *runPhase(): Process {
    for (;;) {
      const item = yield* this.getNextItem();
      yield delay(ns(2));
      this.device.run(item);
      this.observed.write(item);
      this.itemDone();
    }
  }
}

export class BusAgent extends Agent {
  readonly child = this.children({ sequencer: Sequencer<BusItem>, driver: BusDriver });
}

export class BusAdapter extends RegisterAdapter<BusItem> {
  override toBus(op: RegisterBusOp): BusItem {
    const item = new BusItem();
    item.isWrite = op.kind === 'write';
    item.address = op.address;
    item.data = op.data;
    item.enables = op.byteEnables;
    return item;
  }

  override fromBus(item: BusItem, op: RegisterBusOp): void {
    op.data = item.data;
    op.status = item.isError ? 'notOk' : 'ok';
  }
}

export class BusPredictor extends RegisterPredictor<BusItem> {
  protected override operationOf(item: BusItem, op: RegisterBusOp): RegisterBusOp {
    op.kind = item.isWrite ? 'write' : 'read';
    op.address = item.address;
    op.data = item.data;
    op.byteEnables = item.enables;
    op.status = item.isError ? 'notOk' : 'ok';
    return op;
  }
}

export class BusTest extends Test {
  readonly child = this.children({ agent: BusAgent, predictor: BusPredictor });
  script: (test: BusTest) => Process = function* () {};

  get device(): BusDevice {
    return this.child.agent.child.driver.device;
  }

  get sequencer(): Sequencer<BusItem> {
    return this.child.agent.child.sequencer;
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'script');
    yield* this.script(this);
  }
}

/** An elaborated bench; `play` runs a script in its run phase. */
export class Bench {
  readonly top: Testbench = new Testbench({ runSeed: 7 });
  readonly runner: TestRunner<BusTest> = new TestRunner(this.top, BusTest);
  readonly test: BusTest = this.runner.elaborate();

  play(script: (test: BusTest) => Process<unknown>): void {
    this.test.script = script as (test: BusTest) => Process;
    this.runner.startRun();
    this.top.kernel.runUntil(us(100_000));
  }

  /** Runs a script and returns what it throws, as text. */
  error(script: (test: BusTest) => Process<unknown>): string {
    try {
      this.play(script);
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  }
}
