// The register models of a device as the host has set it up: the PF's configuration space, registers and MSI-X table from the
// start, one block per SDI and two per VF as they come and go. Each is a model of its own, made from the tables of the
// specification; the mirrors are kept by what is seen on the link, whoever made the access. Source: SRD §3-§9.
import { assert } from '#base/assert';
import { pfConfigFields, vfConfigFields } from '#siov/config-space-table';
import type { AddressRange, HostEvent, SdiAssignment } from '#siov/host-event';
import type { Tlp } from '#pcie/tlp';
import { imsEntryOffset, PAGE_BYTES, PfRegister } from '#siov/srd-registers';
import { SRD_REGISTER_FAMILY, SRD_REGISTER_RULES } from '#scoreboards/srd/register-rules';
import { Component } from '#uvm/component';
import type { RegisterBlock } from '#uvm/registers/register-block';
import type { RegisterBus } from '#uvm/registers/register-bus';
import { RegisterObserver } from '#uvm/registers/register-observer';
import type { ResetKind } from '#uvm/registers/register-field';
import type { HostRequester } from '../host/host-requester.ts';
import type { RootPort } from '../host/root-port.ts';
import { siovEnvConfig } from '../siov-env-config.ts';
import { ConfigBlock, HARMLESS_AT_POWER_UP } from './config-block.ts';
import { ConfigBus, MemoryBus } from './host-buses.ts';
import { RegisterTracker, type Landing } from './register-tracker.ts';
import { PfMsixBlock, PfRegisterBlock, SdiBlock, VfPageBlock } from './srd-blocks.ts';

/** A model with who watches its bus; closed while a reset goes on. */
class Watched<B extends RegisterBlock> {
  readonly block: B;
  readonly observer: RegisterObserver;
  isOpen = true;

  constructor(block: B) {
    this.block = block;
    this.observer = new RegisterObserver(block.maps[0]);
  }
}

/** The registers of one VF. */
export interface VfRegisters {
  readonly rid: number;
  readonly config: Watched<ConfigBlock>;
  readonly page: Watched<VfPageBlock>;
}

type WindowPurpose = 'registers' | 'pages' | 'msix' | 'vfPages';

export class SrdRegisters extends Component {
  readonly tracker: RegisterTracker = new RegisterTracker({
    ofConfig: (tlp) => this.configAt(tlp),
    ofMemory: (address) => this.memoryAt(address),
  });
  readonly events = { write: (event: HostEvent): void => this.follow(event) };
  /** The PF's ARG registers were written since the last reset: they do not read their reset values any more. */
  isPfUsed = false;
  /** Reasons of exclusions that do not count before the device is enumerated. */
  readonly harmlessAtPowerUp: readonly string[] = HARMLESS_AT_POWER_UP;
  private readonly params = this.config.get(siovEnvConfig).params;
  private readonly vfFields = vfConfigFields(this.params);
  private readonly windows = new Map<WindowPurpose, AddressRange>();
  private readonly sdis = new Map<number, Watched<SdiBlock>>();
  private readonly vfs = new Map<number, VfRegisters>();
  private readonly pfConfigNow = new Watched(
    new ConfigBlock('pfConfig', pfConfigFields(this.params)),
  );
  private readonly pfNow = new Watched(new PfRegisterBlock(this.params));
  private readonly msixNow = new Watched(new PfMsixBlock());
  private host: { readonly requester: HostRequester; readonly rootPort: RootPort } | undefined;
  private pendingSdi: SdiAssignment | undefined;
  private pendingVfs: readonly number[] = [];
  private isMemoryOn = false;

  constructor(...args: ConstructorParameters<typeof Component>) {
    super(...args);
    // Registered at once, so that a rule that is never evaluated shows.
    this.testbench.rules.register(SRD_REGISTER_FAMILY);
  }

  /** Called once, in the connect phase. */
  wire(host: { readonly requester: HostRequester; readonly rootPort: RootPort }): void {
    this.host = host;
    const { requester, rootPort } = host;
    this.connect(this.pfConfigNow, new ConfigBus(requester, () => rootPort.secondary << 8));
    this.connect(this.pfNow, new MemoryBus(requester, () => this.windowAt('registers').base));
    this.connect(this.msixNow, new MemoryBus(requester, () => this.windowAt('msix').base));
    this.pfNow.block.onPredicted(({ register, kind }) => {
      if (kind === 'write' && register.name.startsWith('ARG')) this.isPfUsed = true;
    });
  }

  // --- models ------------------------------------------------------------------------------------
  get pfConfig(): ConfigBlock {
    return this.pfConfigNow.block;
  }

  get pf(): PfRegisterBlock {
    return this.pfNow.block;
  }

  get msix(): PfMsixBlock {
    return this.msixNow.block;
  }

  /** undefined: the SDI is FREE, or on the move. */
  sdi(index: number): SdiBlock | undefined {
    return this.sdis.get(index)?.block;
  }

  /** undefined: the VF is not enabled. */
  vf(vf: number): { readonly config: ConfigBlock; readonly page: VfPageBlock } | undefined {
    const known = this.vfs.get(vf);
    return known === undefined ? undefined : { config: known.config.block, page: known.page.block };
  }

  // --- what the host does ------------------------------------------------------------------------
  private follow(event: HostEvent): void {
    switch (event.kind) {
      case 'window':
        this.windows.set(event.purpose, { base: event.base, length: event.length });
        return;
      case 'memorySpace':
        if (event.requester === 'pf') this.isMemoryOn = event.on;
        return;
      case 'sdiCreating':
        this.pendingSdi = event;
        return;
      case 'sdiEnabling':
        this.sdis.get(event.sdi)?.block.ims.setAlive();
        return;
      case 'sdiDestroying':
        this.drop(this.sdis.get(event.sdi));
        this.sdis.delete(event.sdi);
        return;
      case 'sdiResetting':
        this.pendingSdi = event.reconfigure;
        this.close(this.sdis.get(event.sdi));
        return;
      case 'commandEnded':
        this.commandEnded(event.command, event.sdi, event.status === 0);
        return;
      default:
        this.followFunctions(event);
    }
  }

  private followFunctions(event: HostEvent): void {
    switch (event.kind) {
      case 'vfsEnabling':
        this.pendingVfs = event.rids;
        return;
      case 'vfsEnabled':
        if (event.accepted) this.pendingVfs.forEach((rid, i) => this.addVf(i + 1, rid));
        return;
      case 'vfsDisabling':
        this.dropVfs();
        return;
      case 'flrStarted':
        if (event.requester === 'pf') this.closePf();
        else this.closeVf(event.requester);
        return;
      case 'flrEnded':
        if (event.requester === 'pf') this.openPf('SOFT');
        else this.openVf(event.requester);
        return;
      case 'deviceReset':
        this.closePf();
        this.openPf('HARD');
        return;
      default:
    }
  }

  private commandEnded(command: string, sdi: number, isOk: boolean): void {
    const known = this.sdis.get(sdi);
    const assignment = this.pendingSdi;
    switch (command) {
      case 'create':
        if (isOk && assignment !== undefined) this.addSdi(sdi, assignment);
        return;
      case 'reset':
        if (known !== undefined) this.open(known, isOk ? 'SOFT' : undefined);
        return;
      case 'reconfigure':
        if (!isOk && known !== undefined) this.open(known, undefined);
        if (!isOk || assignment === undefined) return;
        this.drop(known);
        this.addSdi(sdi, assignment);
        return;
      default:
    }
  }

  private addSdi(sdi: number, { pages, vectors }: SdiAssignment): void {
    const pagesBase = this.windowAt('pages').base;
    const registers = this.windowAt('registers').base;
    const block = new SdiBlock(sdi, {
      pages: pages.map((page) => pagesBase + page * PAGE_BYTES),
      entries: vectors.map((vector) => registers + imsEntryOffset(vector)),
    });
    this.sdis.set(sdi, this.connect(new Watched(block), new MemoryBus(this.connected.requester)));
  }

  private addVf(vf: number, rid: number): void {
    const { requester } = this.connected;
    const page = this.windowAt('vfPages').base + (vf - 1) * PAGE_BYTES;
    const config = new Watched(new ConfigBlock(`vf${vf}.config`, this.vfFields));
    this.vfs.set(vf, {
      rid,
      config: this.connect(config, new ConfigBus(requester, () => rid)),
      page: this.connect(new Watched(new VfPageBlock(vf, page)), new MemoryBus(requester)),
    });
  }

  private dropVfs(): void {
    for (const { config, page } of this.vfs.values()) {
      this.drop(config);
      this.drop(page);
    }
    this.vfs.clear();
  }

  private closePf(): void {
    for (const watched of [this.pfConfigNow, this.pfNow, this.msixNow]) this.close(watched);
    for (const watched of this.sdis.values()) this.drop(watched);
    this.sdis.clear();
    this.dropVfs();
    this.isMemoryOn = false;
  }

  private openPf(kind: ResetKind): void {
    for (const watched of [this.pfConfigNow, this.pfNow, this.msixNow]) this.open(watched, kind);
    this.isPfUsed = false;
  }

  private closeVf(name: string): void {
    for (const [vf, { config, page }] of this.vfs) {
      if (name !== `vf ${vf}`) continue;
      this.close(config);
      this.close(page);
    }
  }

  private openVf(name: string): void {
    for (const [vf, { config, page }] of this.vfs) {
      if (name !== `vf ${vf}`) continue;
      this.open(config, 'SOFT');
      this.open(page, 'SOFT');
    }
  }

  // --- where requests land -----------------------------------------------------------------------
  private configAt({ kind, destinationId }: Tlp): RegisterObserver | undefined {
    const isTypeZero = kind === 'CfgRd0' || kind === 'CfgWr0';
    const isPf = isTypeZero && (destinationId & 0xff) === 0;
    if (isPf) return this.pfConfigNow.isOpen ? this.pfConfigNow.observer : undefined;
    for (const { rid, config } of this.vfs.values()) {
      // A Type 0 request reaches the function whatever bus it names (SRD §2).
      const isHit = isTypeZero
        ? rid === ((this.connected.rootPort.secondary << 8) | (destinationId & 0xff))
        : rid === destinationId && rid >> 8 !== this.connected.rootPort.secondary;
      if (isHit) return config.isOpen ? config.observer : undefined;
    }
    return undefined;
  }

  private memoryAt(address: number): Landing | undefined {
    if (!this.isMemoryOn) return undefined;
    const registers = this.offsetIn('registers', address);
    if (registers >= 0 && registers < PfRegister.IMS) return landing(this.pfNow, registers);
    const msix = this.offsetIn('msix', address);
    if (msix >= 0) return landing(this.msixNow, msix);
    for (const watched of this.sdis.values()) {
      if (watched.block.map.find(address) !== undefined) return landing(watched, address);
    }
    for (const { page } of this.vfs.values()) {
      if (page.block.map.find(address) !== undefined) return landing(page, address);
    }
    return undefined;
  }

  private offsetIn(purpose: WindowPurpose, address: number): number {
    const window = this.windows.get(purpose);
    if (window === undefined) return -1;
    const offset = address - window.base;
    return offset < window.length ? offset : -1;
  }

  // --- parts -------------------------------------------------------------------------------------
  private connect<B extends RegisterBlock>(watched: Watched<B>, bus: RegisterBus): Watched<B> {
    watched.block.attach(this, SRD_REGISTER_RULES);
    watched.block.maps[0].setFrontDoor(bus, { prediction: 'explicit' });
    return watched;
  }

  private close(watched: Watched<RegisterBlock> | undefined): void {
    if (watched === undefined) return;
    watched.isOpen = false;
    this.tracker.forget(watched.observer);
  }

  private drop(watched: Watched<RegisterBlock> | undefined): void {
    this.close(watched);
  }

  private open(watched: Watched<RegisterBlock>, kind: ResetKind | undefined): void {
    watched.isOpen = true;
    if (kind !== undefined) watched.block.reset(kind);
  }

  private windowAt(purpose: WindowPurpose): AddressRange {
    const window = this.windows.get(purpose);
    assert(window !== undefined, 'the windows are placed before registers are reached');
    return window;
  }

  private get connected(): { readonly requester: HostRequester; readonly rootPort: RootPort } {
    assert(this.host !== undefined, 'the registers are wired in the connect phase');
    return this.host;
  }
}

function landing(watched: Watched<RegisterBlock>, address: number): Landing | undefined {
  return watched.isOpen ? { observer: watched.observer, address } : undefined;
}
