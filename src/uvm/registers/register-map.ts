// Where registers and memories lie, seen from one bus: addresses, rights, sub-maps; how an access is cut into operations of the
// bus, and what lies at an address. Source: IEEE 1800.2 clause 18.2 (uvm_reg_map).
//
// An element of n bytes lies at n consecutive addresses, wherever that is: an access takes as many operations of the bus as it
// touches words of the narrowest map on its way, each with the byte lanes that take part. Little-endian: the low byte at the
// lowest address, and lane k of a word at its k-th address. Big-endian: the high byte at the lowest address, and lane k at
// the k-th address from the end, so that a register as wide as the bus looks the same in both.
import { UsageError } from '#base/assert';
import { hex } from '#base/bits';
import type { Process } from '#kernel/process';
import type { MapRights } from './access-policy.ts';
import { AddressTable, type MapElement, type MapEntry } from './address-table.ts';
import type { RegisterAccess } from './register-access.ts';
import type { RegisterBlock } from './register-block.ts';
import { RegisterBusOp, type RegisterBus } from './register-bus.ts';
import { RegisterMemory } from './register-memory.ts';
import { Register } from './register.ts';
import { byteOf } from './word.ts';

/** The bus from which a map is seen: width, byte order, and what its addresses count. */
export interface MapSpec {
  /** Address of offset 0; in a parent map it is added to the offset there. Default 0. */
  readonly base?: number;
  /** Bytes of a word of the bus. */
  readonly byteWidth: 1 | 2 | 4 | 8;
  /** Default little. That of the top map counts. */
  readonly endianness?: 'little' | 'big';
  /** What addresses on the bus count; offsets are always bytes. Default byte. */
  readonly addressUnit?: 'byte' | 'word';
}

/** Who keeps the mirror of what goes over the bus of a map, and whether reads are compared. */
export interface FrontDoorOptions {
  /** 'auto': each access updates the mirror; 'explicit': a `RegisterPredictor` does, from what it observes. Default auto. */
  readonly prediction?: 'auto' | 'explicit';
  /** Compare every read with the mirror. Default false. */
  readonly checkOnRead?: boolean;
}

/** One operation of a transfer, and which byte of the element each of its lanes carries. */
interface Step {
  readonly address: number;
  byteEnables: number;
  /** Element byte of a lane, -1: none. */
  readonly bytes: number[];
}

/**
 * Where registers and memories lie seen from one bus, and how an access becomes operations of the bus (IEEE 1800.2
 * clause 18.2). Offsets and addresses are bytes, whole numbers from 0, unless something else is said.
 */
export class RegisterMap {
  readonly name: string;
  readonly block: RegisterBlock;
  /** Byte address of offset 0, within the parent map if there is one. */
  readonly base: number;
  /** Bytes of a word of the bus: 1, 2, 4 or 8. */
  readonly byteWidth: number;
  private readonly isBig: boolean;
  private readonly addressBytes: number;
  private readonly elements = new Map<Register | RegisterMemory, MapElement>();
  private readonly subMaps: { readonly map: RegisterMap; readonly offset: number }[] = [];
  private above: { readonly map: RegisterMap; readonly offset: number } | undefined;
  private bus: RegisterBus | undefined;
  private options: Required<FrontDoorOptions> = { prediction: 'auto', checkOnRead: false };
  private table: AddressTable | undefined;

  /** Made by `addMap` of a block. @throws UsageError `bad-map`, `bad-offset`. */
  constructor(name: string, block: RegisterBlock, spec: MapSpec) {
    this.name = name;
    this.block = block;
    this.base = spec.base ?? 0;
    this.byteWidth = spec.byteWidth;
    this.isBig = spec.endianness === 'big';
    this.addressBytes = spec.addressUnit === 'word' ? spec.byteWidth : 1;
    if (![1, 2, 4, 8].includes(this.byteWidth)) {
      throw new UsageError('bad-map', `a map has 1, 2, 4 or 8 bytes, not ${this.byteWidth}`, {
        path: this.fullPath,
      });
    }
    checkOffset(this.base, this.fullPath);
  }

  get fullPath(): string {
    return `${this.block.fullPath}.${this.name}`;
  }

  /** The map at the top, which has the bus. */
  get root(): RegisterMap {
    return this.above === undefined ? this : this.above.map.root;
  }

  /** Who keeps the mirror; that of the top map counts. */
  get prediction(): 'auto' | 'explicit' {
    return this.root.options.prediction;
  }

  /** Whether each read is compared with the mirror; that of the top map counts. */
  get checkOnRead(): boolean {
    return this.root.options.checkOnRead;
  }

  /** Whether the bus of the top map can write some lanes of a word alone. */
  get hasByteEnables(): boolean {
    return this.root.bus?.hasByteEnables ?? false;
  }

  // --- building ----------------------------------------------------------------------------------
  /** @param offset bytes. @throws UsageError `bad-offset`, `added-twice`, `register-model-locked`. */
  add(element: Register | RegisterMemory, offset: number, rights: MapRights = 'RW'): void {
    this.block.context.checkBuilding(this.fullPath);
    checkOffset(offset, this.fullPath);
    if (this.elements.has(element)) {
      throw new UsageError('added-twice', `'${element.fullPath}' is in the map already`, {
        path: this.fullPath,
      });
    }
    this.elements.set(element, { element, offset, rights });
    element.joined(this);
  }

  /** Puts the map of a nested block at an offset. @throws UsageError `added-twice` when it has a place already. */
  addMap(map: RegisterMap, offset: number): void {
    this.block.context.checkBuilding(this.fullPath);
    checkOffset(offset, this.fullPath);
    if (map.above !== undefined || map === this.root) {
      throw new UsageError('added-twice', `map '${map.fullPath}' has a place already`, {
        path: this.fullPath,
      });
    }
    map.above = { map: this, offset };
    this.subMaps.push({ map, offset });
  }

  /** The bus by which this map and the maps in it are reached. */
  setFrontDoor(bus: RegisterBus, options: FrontDoorOptions = {}): void {
    this.bus = bus;
    this.options = { prediction: 'auto', checkOnRead: false, ...options };
  }

  /** For `RegisterBlock.lock`. @throws UsageError `address-conflict` that names both. */
  finish(): void {
    if (this.above !== undefined) return;
    this.table = new AddressTable(this.flatten(0), this.fullPath);
  }

  // --- looking up --------------------------------------------------------------------------------
  /** All elements of this map and the maps in it, by address. */
  get entries(): readonly MapEntry[] {
    return this.root.located.entries;
  }

  /** What the element may be used for in this map. */
  rightsOf(element: Register | RegisterMemory): MapRights {
    return this.elements.get(element)?.rights ?? 'RW';
  }

  /** Whether this is `map`, or lies in it. */
  isWithin(map: RegisterMap): boolean {
    return this === map || (this.above?.map.isWithin(map) ?? false);
  }

  /** Byte address of an element on the bus. @throws UsageError `not-in-map`. */
  addressOf(element: Register | RegisterMemory, index = 0): number {
    const placed = this.elements.get(element);
    if (placed === undefined) {
      throw new UsageError('not-in-map', `'${element.fullPath}' is not in the map`, {
        path: this.fullPath,
      });
    }
    const within = element instanceof RegisterMemory ? index * element.wordBytes : 0;
    return this.origin + placed.offset + within;
  }

  /** What lies at a byte address, as far as it may be used so; undefined: nothing. */
  find(address: number, kind: 'read' | 'write' = 'read'): MapEntry | undefined {
    return this.root.located.find(address, kind);
  }

  /** The register at a byte address. @throws UsageError `unmapped-address` that names the neighbours. */
  registerAt(address: number): Register {
    const element = this.find(address)?.element;
    if (element instanceof Register) return element;
    throw new UsageError('unmapped-address', `no register lies at ${hex(address)}`, {
      path: this.fullPath,
      hint: this.root.located.neighbours(address),
    });
  }

  // --- transfers ---------------------------------------------------------------------------------
  /** Carries an access out over the bus. @throws UsageError `no-front-door`, `partial-write`. */
  *transfer(access: RegisterAccess): Process {
    const { bus } = this.root;
    if (bus === undefined) {
      throw new UsageError('no-front-door', 'the map has no front door', {
        path: this.root.fullPath,
        hint: 'Give the top map one: map.setFrontDoor(new SequencerFrontDoor(sequencer, adapter)).',
      });
    }
    const { element, index } = access;
    const length = element instanceof RegisterMemory ? element.wordBytes : element.byteLength;
    const steps = this.steps(this.addressOf(element, index), length, access.lanes);
    const read = [0, 0, 0, 0, 0, 0, 0, 0];
    for (const step of steps) {
      const op = this.operation(step, access, bus);
      yield* bus.run(op, access);
      access.status = op.status;
      if (op.status !== 'ok') return;
      const word = { low: op.data >>> 0, high: op.dataHigh >>> 0 };
      for (const [lane, byte] of step.bytes.entries()) {
        if (byte >= 0) read[byte] = byteOf(word, lane);
      }
    }
    if (access.kind === 'read') access.value = { low: half(read, 0), high: half(read, 4) };
  }

  /**
   * Which byte of an element of `byteLength` at `start` lane `lane` of the bus word at `address` carries; outside of
   * 0..byteLength-1: none.
   */
  elementByte(
    lane: number,
    address: number,
    place: { readonly start: number; readonly byteLength: number },
  ): number {
    const at = this.byteAddress(lane, address) - place.start;
    return this.root.isBig ? place.byteLength - 1 - at : at;
  }

  /** Byte address of a lane of the bus word whose address on the bus is `address`. */
  byteAddress(lane: number, address: number): number {
    const { byteWidth, isBig, addressBytes } = this.root;
    const bytes = address * addressBytes;
    const unit = bytes - (bytes % byteWidth);
    return unit + (isBig ? byteWidth - 1 - lane : lane);
  }

  private operation(step: Step, access: RegisterAccess, bus: RegisterBus): RegisterBusOp {
    const { byteWidth } = this.root;
    const op = new RegisterBusOp();
    const all = (1 << byteWidth) - 1;
    op.kind = access.kind;
    op.address = step.address / this.root.addressBytes;
    op.byteWidth = byteWidth;
    op.byteEnables = bus.hasByteEnables ? step.byteEnables : all;
    if (access.kind === 'read') return op;
    if (!bus.hasByteEnables && step.byteEnables !== all) {
      throw new UsageError('partial-write', 'the bus cannot write a part of a word', {
        path: access.element.fullPath,
        hint: `It has no byte enables, and its words have ${byteWidth} bytes: widen the register, or give it a front door.`,
      });
    }
    const lanes = step.bytes.map((byte) => (byte < 0 ? 0 : byteOf(access.value, byte)));
    op.data = half(lanes, 0);
    op.dataHigh = half(lanes, 4);
    return op;
  }

  /** The operations for the bytes in `lanes` of an element, by ascending address. */
  private steps(start: number, length: number, lanes: number): Step[] {
    const { byteWidth, isBig } = this.root;
    const steps = new Map<number, Step>();
    for (let at = 0; at < length; at++) {
      const byte = isBig ? length - 1 - at : at;
      if ((lanes & (1 << byte)) === 0) continue;
      const address = start + at;
      const unit = address - (address % byteWidth);
      const key = Math.floor(address / this.narrowest);
      const step = steps.get(key) ?? {
        address: unit,
        byteEnables: 0,
        bytes: new Array<number>(byteWidth).fill(-1),
      };
      const lane = isBig ? byteWidth - 1 - (address - unit) : address - unit;
      step.byteEnables |= 1 << lane;
      step.bytes[lane] = byte;
      steps.set(key, step);
    }
    return [...steps.values()];
  }

  /** Address of offset 0 on the bus. */
  private get origin(): number {
    const { above } = this;
    return this.base + (above === undefined ? 0 : above.map.origin + above.offset);
  }

  private get narrowest(): number {
    const { above, byteWidth } = this;
    return above === undefined ? byteWidth : Math.min(byteWidth, above.map.narrowest);
  }

  private get located(): AddressTable {
    if (this.table === undefined) this.block.context.checkUsable(this.fullPath);
    return this.table ?? new AddressTable([], this.fullPath);
  }

  private flatten(offset: number): MapEntry[] {
    const origin = this.base + offset;
    const own = [...this.elements.values()].map((placed) => ({
      element: placed.element,
      address: origin + placed.offset,
      byteLength: placed.element.byteLength,
      rights: placed.rights,
      map: this as RegisterMap,
    }));
    const below = this.subMaps.flatMap((sub) => sub.map.flatten(origin + sub.offset));
    return [...own, ...below];
  }
}

function half(bytes: readonly number[], first: number): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = value * 256 + (bytes[first + i] ?? 0);
  return value;
}

function checkOffset(offset: number, path: string): void {
  if (Number.isSafeInteger(offset) && offset >= 0) return;
  throw new UsageError('bad-offset', `${offset} is no offset`, {
    path,
    hint: 'Offsets are whole numbers of bytes, 0 or more.',
  });
}
