/**
 * Counts the population for `CrowdCoverage`: from host events what was created, rung and reset, from TLPs what has moved data
 * and on which buses. An SDI index counts once, however many lives it has.
 */
import { busOf } from '#pcie/routing-id';
import type { HostEvent } from '#siov/host-event';
import { CommandStatus } from '#siov/sdi-life';
import { Crowd, type CrowdCoverage } from './crowd-coverage.ts';
import type { DeviceView } from './device-view.ts';
import type { RequestRole, SubjectView } from './subject-view.ts';

const INDICES = 0x1_0000;

/** Each index counts once. */
class IndexSet {
  count = 0;
  private readonly has = new Uint8Array(INDICES);

  add(index: number): boolean {
    if (this.has[index] === 1) return false;
    this.has[index] = 1;
    this.count++;
    return true;
  }
}

export class CrowdCount {
  private readonly view: DeviceView;
  private readonly group: CrowdCoverage;
  private readonly crowd = new Crowd();
  private readonly created = new IndexSet();
  private readonly recreated = new IndexSet();
  private readonly rung = new IndexSet();
  private readonly moved = new IndexSet();
  private readonly wasReset = new IndexSet();
  private readonly buses = new IndexSet();

  constructor(view: DeviceView, group: CrowdCoverage) {
    this.view = view;
    this.group = group;
  }

  /** After the view has followed the event. */
  write(event: HostEvent): void {
    switch (event.kind) {
      case 'commandEnded':
        if (event.status === CommandStatus.OK) this.ended(event.command, event.sdi);
        return;
      case 'doorbell': {
        const subject = this.view.subject(event.requester);
        if (subject.kind === 'sdi') this.rung.add(subject.index);
        return;
      }
      case 'calm':
        this.sample();
        return;
      default:
    }
  }

  /** A request of an SDI. */
  request(owner: SubjectView, requesterId: number, role: RequestRole | undefined): void {
    if (owner.kind !== 'sdi') return;
    this.buses.add(busOf(requesterId));
    if (role === 'source' || role === 'destination' || role === 'atomic') {
      this.moved.add(owner.index);
    }
  }

  private ended(
    command: Extract<HostEvent, { kind: 'commandEnded' }>['command'],
    sdi: number,
  ): void {
    if (command === 'query') return;
    if (command === 'create' && !this.created.add(sdi)) this.recreated.add(sdi);
    if (command === 'reset' || command === 'reconfigure') this.wasReset.add(sdi);
    this.sample();
  }

  private sample(): void {
    const { crowd, view } = this;
    crowd.live = view.census.live;
    crowd.enabled = view.census.enabled;
    crowd.busy = view.countBusySdis();
    crowd.created = this.created.count;
    crowd.recreated = this.recreated.count;
    crowd.rung = this.rung.count;
    crowd.moved = this.moved.count;
    crowd.reset = this.wasReset.count;
    crowd.buses = this.buses.count;
    this.group.sample(crowd);
  }
}
