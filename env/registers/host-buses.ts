// How register models reach the device: Configuration Requests to a function, memory requests of one DW with any byte enables
// that PCIe allows, both by the host's requester. Source: SRD §2, §4 (access rules); siov-facts §9 R-REQ-4.
import { readU32Le, writeU32Le } from '#base/bytes';
import type { Process } from '#kernel/process';
import { configRead, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { firstEnabledByte } from './byte-lanes.ts';
import type { RegisterBus, RegisterBusOp } from '#uvm/registers/register-bus';
import type { HostCompletion, HostRequester } from '../host/host-requester.ts';

const DW_BYTES = 4;

/** The configuration space of one function; addresses are offsets. */
export class ConfigBus implements RegisterBus {
  readonly hasByteEnables = true;
  private readonly requester: HostRequester;
  private readonly rid: () => number;

  /** @param rid the function's Routing ID now. */
  constructor(requester: HostRequester, rid: () => number) {
    this.requester = requester;
    this.rid = rid;
  }

  *run(op: RegisterBusOp): Process {
    const { requesterId } = this.requester;
    const type = this.requester.configType(this.rid());
    const target = { requesterId, destinationId: this.rid(), offset: op.address, type };
    const whole = { ...target, byteLength: DW_BYTES };
    const tlp = op.kind === 'read' ? configRead(whole) : configWrite({ ...whole, value: op.data });
    tlp.firstBe = op.byteEnables;
    finish(op, yield* this.requester.request(tlp));
  }
}

/** The host's address space; `base` is added to addresses. */
export class MemoryBus implements RegisterBus {
  readonly hasByteEnables = true;
  private readonly requester: HostRequester;
  private readonly base: () => number;

  constructor(requester: HostRequester, base: () => number = () => 0) {
    this.requester = requester;
    this.base = base;
  }

  *run(op: RegisterBusOp): Process {
    const { requesterId } = this.requester;
    const address = this.base() + op.address;
    if (op.kind === 'write') {
      const bytes = new Uint8Array(DW_BYTES);
      writeU32Le(bytes, 0, op.data);
      const tlp = memoryWrite({ requesterId, address, bytes });
      tlp.firstBe = op.byteEnables;
      this.requester.post(tlp);
      return;
    }
    const tlp = memoryRead({ requesterId, address, byteLength: DW_BYTES });
    tlp.firstBe = op.byteEnables;
    finish(op, yield* this.requester.request(tlp));
  }
}

/** The data of a reply begin with the first byte that is enabled. */
function finish(op: RegisterBusOp, reply: HostCompletion): void {
  op.status = reply.status === 'SC' ? 'ok' : 'notOk';
  if (op.kind === 'write' || op.status !== 'ok') return;
  const bytes = new Uint8Array(DW_BYTES);
  bytes.set(reply.data, firstEnabledByte(op.byteEnables));
  op.data = readU32Le(bytes, 0);
}
