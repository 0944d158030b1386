// A block of registers, memories, register files, nested blocks and maps: the register model of a device, or a part of one.
// Source: IEEE 1800.2 clauses 18.1 (uvm_reg_block), 18.3 (uvm_reg_file).
//
//   class TimerBlock extends RegisterBlock {
//     readonly map = this.addMap('bus', { byteWidth: 4 });
//     readonly load = this.addRegister('LOAD', { offset: 0x0, fields: { value: { lsb: 0, width: 32, reset: 0 } } });
//     readonly channels = this.addRegisters('CHANNEL', 4, { offset: 0x10, fields: { … } });
//   }
//   const model = new TimerBlock('timer');
//   model.lock();                                            // no more changes; conflicts are found
//   model.attach(this);                                      // in a component: kernel, reports, rules
//   model.map.setFrontDoor(new SequencerFrontDoor(sequencer, adapter));
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { Component } from '../component.ts';
import type { RuleSet } from '../rules.ts';
import type { MapRights } from './access-policy.ts';
import type { AccessStatus } from './read-result.ts';
import type { AccessOptions, MirrorOptions, RegisterCallbacks } from './register-access.ts';
import type { RegisterAttributes } from './register-attributes.ts';
import type { AccessPath, MemoryBackDoor, RegisterBackDoor } from './register-bus.ts';
import { RegisterModelContext, type RegisterRuleKey } from './register-checks.ts';
import type { RegisterField, ResetKind } from './register-field.ts';
import { RegisterMap, type MapSpec } from './register-map.ts';
import { RegisterMemory, type MemorySpec } from './register-memory.ts';
import type { RegisterScope } from './register-scope.ts';
import { Register, type FieldSpecs, type PredictedAccess, type RegisterSpec } from './register.ts';

/** Where an element lies; without an offset it is added to maps with `map.add`. */
export interface Placement {
  /** Bytes from offset 0 of the map. */
  readonly offset?: number;
  /** Default RW. */
  readonly rights?: MapRights;
  /** Default: the first map of the block. */
  readonly map?: RegisterMap;
}

/** Arrays: bytes from one element to the next; default: their length. */
export interface ArrayPlacement extends Placement {
  readonly stride?: number;
}

/** A group of registers at an offset; belongs to a block. */
export class RegisterFile implements RegisterScope {
  readonly name: string;
  readonly parent: RegisterScope;
  readonly offset: number;
  readonly attributes: RegisterAttributes;

  /** Made by `addFile`. */
  constructor(
    name: string,
    parent: RegisterScope,
    offset: number,
    attributes: RegisterAttributes = {},
  ) {
    this.name = name;
    this.parent = parent;
    this.offset = offset;
    this.attributes = attributes;
  }

  get fullPath(): string {
    return `${this.parent.fullPath}.${this.name}`;
  }

  get block(): RegisterBlock {
    return this.parent.block;
  }

  get context(): RegisterModelContext {
    return this.parent.context;
  }

  /** Adds a register to the block; its offset counts from the file. */
  addRegister<const F extends FieldSpecs>(
    name: string,
    spec: RegisterSpec<F> & Placement,
  ): Register<keyof F & string> {
    const { offset } = spec;
    const placed = offset === undefined ? {} : { offset: this.offset + offset };
    return this.block.adopt(this, name, { ...spec, ...placed });
  }
}

/**
 * The register model of a device or a part of it: registers, memories, files, nested blocks and maps (IEEE 1800.2
 * clause 18.1). It is built, then locked with `lock`; only then accesses are possible (UsageError
 * `register-model-unlocked`).
 */
export class RegisterBlock implements RegisterScope {
  readonly name: string;
  readonly parent: RegisterBlock | undefined;
  readonly context: RegisterModelContext;
  readonly attributes: RegisterAttributes;
  /** How registers are accessed when an access does not say. */
  defaultPath: AccessPath = 'front';
  private readonly ownRegisters: Register[] = [];
  private readonly ownMemories: RegisterMemory[] = [];
  private readonly ownBlocks: RegisterBlock[] = [];
  private readonly ownMaps: RegisterMap[] = [];
  private readonly names = new Set<string>();
  private readonly callbacks: RegisterCallbacks[] = [];
  private readonly listeners: ((access: PredictedAccess) => void)[] = [];
  private registerDoor: RegisterBackDoor | undefined;
  private memoryDoor: MemoryBackDoor | undefined;

  /** @param parent the block in which it lies. @throws UsageError `name-taken`, `register-model-locked`. */
  constructor(name: string, parent?: RegisterBlock, attributes: RegisterAttributes = {}) {
    this.name = name;
    this.parent = parent;
    this.attributes = attributes;
    this.context = parent?.context ?? new RegisterModelContext();
    if (parent === undefined) return;
    parent.takeName(parent, name);
    parent.ownBlocks.push(this);
  }

  get fullPath(): string {
    return this.parent === undefined ? this.name : `${this.parent.fullPath}.${this.name}`;
  }

  get block(): this {
    return this;
  }

  // --- building ----------------------------------------------------------------------------------
  /** The first one is the default. @throws UsageError `bad-map`, `name-taken`. */
  addMap(name: string, spec: MapSpec): RegisterMap {
    this.takeName(this, name);
    const map = new RegisterMap(name, this, spec);
    this.ownMaps.push(map);
    return map;
  }

  /** @throws UsageError `bad-register`, `bad-field`, `field-conflict`, `name-taken`, `no-map`. */
  addRegister<const F extends FieldSpecs>(
    name: string,
    spec: RegisterSpec<F> & Placement,
  ): Register<keyof F & string> {
    return this.adopt(this, name, spec);
  }

  /**
   * An array of `count` registers: `name[0]`, `name[1]`, … each `stride` bytes behind the one before.
   * @throws as `addRegister`.
   */
  addRegisters<const F extends FieldSpecs>(
    name: string,
    count: number,
    spec: RegisterSpec<F> & ArrayPlacement,
  ): readonly Register<keyof F & string>[] {
    const stride = spec.stride ?? Math.ceil((spec.widthBits ?? 32) / 8);
    const { offset } = spec;
    return Array.from({ length: count }, (_, i) => {
      const placed = offset === undefined ? {} : { offset: offset + i * stride };
      return this.adopt(this, `${name}[${i}]`, { ...spec, ...placed });
    });
  }

  /** A group of registers; `offset` is that of its first byte. */
  addFile(name: string, offset = 0, attributes: RegisterAttributes = {}): RegisterFile {
    this.takeName(this, name);
    return new RegisterFile(name, this, offset, attributes);
  }

  /** A memory. @throws UsageError `bad-memory`, `name-taken`, `no-map`, `bad-offset`, `register-model-locked`. */
  addMemory(name: string, spec: MemorySpec & Placement): RegisterMemory {
    this.takeName(this, name);
    const memory = new RegisterMemory(name, this, spec);
    this.ownMemories.push(memory);
    this.place(memory, { rights: memory.access, ...spec });
    return memory;
  }

  /** For blocks and files: makes a register that lives in `scope`. */
  adopt<const F extends FieldSpecs>(
    scope: RegisterScope,
    name: string,
    spec: RegisterSpec<F> & Placement,
  ): Register<keyof F & string> {
    this.takeName(scope, name);
    const register = new Register<keyof F & string>(name, scope, spec);
    this.ownRegisters.push(register);
    this.place(register, spec);
    return register;
  }

  /** No more changes. Called once, on the top block. @throws UsageError `not-top-block`, `address-conflict`. */
  lock(): void {
    if (this.parent !== undefined) {
      throw new UsageError('not-top-block', 'lock() is called on a nested block', {
        path: this.fullPath,
        hint: 'Call it on the top block: it locks all of them.',
      });
    }
    this.context.checkBuilding(this.fullPath);
    for (const block of this.allBlocks()) for (const map of block.ownMaps) map.finish();
    this.context.isLocked = true;
  }

  /**
   * The component on whose behalf accesses are made and checks reported; before the first access.
   * @param rules other rules than `REGISTER_RULES`.
   */
  attach(owner: Component, rules?: RuleSet<RegisterRuleKey>): void {
    this.context.attach(owner, rules);
  }

  // --- what there is -----------------------------------------------------------------------------
  /** Whether the model is complete: it can be accessed, and not be changed any more. */
  get isLocked(): boolean {
    return this.context.isLocked;
  }

  /** @throws UsageError `no-map`. */
  get defaultMap(): RegisterMap {
    if (this.ownMaps.length > 0) return this.ownMaps[0];
    throw new UsageError('no-map', 'the block has no map', {
      path: this.fullPath,
      hint: 'Make one first: readonly map = this.addMap(name, { byteWidth }).',
    });
  }

  /** The maps of this block, in the order in which they were added. */
  get maps(): readonly RegisterMap[] {
    return this.ownMaps;
  }

  /** The blocks directly in this one, in the order in which they were added. */
  get blocks(): readonly RegisterBlock[] {
    return this.ownBlocks;
  }

  /** Registers of this block and of nested ones, in the order in which they were added. */
  registers(): readonly Register[] {
    return this.allBlocks().flatMap((block) => block.ownRegisters);
  }

  /** Memories of this block and of nested ones, in the order in which they were added. */
  memories(): readonly RegisterMemory[] {
    return this.allBlocks().flatMap((block) => block.ownMemories);
  }

  /** Fields of all registers of this block and of nested ones. */
  fields(): readonly RegisterField[] {
    return this.registers().flatMap((register) => register.fields);
  }

  /** By path in this block: `CONTROL`, `channel[2].CONTROL`. @throws UsageError `unknown-register` with a hint. */
  registerByName(name: string): Register {
    return this.named('register', name, this.registers());
  }

  /** @throws UsageError `unknown-memory` with a hint. */
  memoryByName(name: string): RegisterMemory {
    return this.named('memory', name, this.memories());
  }

  /** @throws UsageError `unknown-block` with a hint. */
  blockByName(name: string): RegisterBlock {
    return this.named('block', name, this.allBlocks().slice(1));
  }

  /** @throws UsageError `unknown-map` with a hint. */
  mapByName(name: string): RegisterMap {
    return this.named(
      'map',
      name,
      this.allBlocks().flatMap((block) => block.ownMaps),
    );
  }

  // --- values and accesses -----------------------------------------------------------------------
  /**
   * Makes the model believe that the device was reset: all registers of this block and of nested ones. Accesses
   * nothing.
   */
  reset(kind: ResetKind = 'HARD'): void {
    for (const register of this.registers()) register.reset(kind);
  }

  /** Draws a wanted value for every field that can be written; `update` brings them into the device. */
  randomize(stream: RandomStream): void {
    for (const register of this.registers()) register.randomize(stream);
  }

  /** Whether `update` has something to write. */
  get needsUpdate(): boolean {
    return this.registers().some((register) => register.needsUpdate);
  }

  /**
   * Writes every register that needs it, in the order in which they were added. `notOk`: at least one failed.
   * @throws as `Register.update`.
   */
  *update(options: AccessOptions = {}): Process<AccessStatus> {
    let status: AccessStatus = 'ok';
    for (const register of this.registers()) {
      if ((yield* register.update(options)) !== 'ok') status = 'notOk';
    }
    return status;
  }

  /** Reads every register, and compares unless `check` is false. 'notOk': at least one could not be read. */
  *mirror(options: MirrorOptions = {}): Process<AccessStatus> {
    let status: AccessStatus = 'ok';
    for (const register of this.registers()) {
      if ((yield* register.mirror(options)).status !== 'ok') status = 'notOk';
    }
    return status;
  }

  // --- doors, hooks ------------------------------------------------------------------------------
  /** For all registers of this block and nested ones that have none of their own. */
  setBackDoor(registers: RegisterBackDoor, memories?: MemoryBackDoor): void {
    this.registerDoor = registers;
    this.memoryDoor = memories;
  }

  /** The back door of this block, or of the nearest block around it. */
  get registerBackDoor(): RegisterBackDoor | undefined {
    return this.registerDoor ?? this.parent?.registerBackDoor;
  }

  /** The back door for memories of this block, or of the nearest block around it. */
  get memoryBackDoor(): MemoryBackDoor | undefined {
    return this.memoryDoor ?? this.parent?.memoryBackDoor;
  }

  /** Hooks around accesses of all registers of this block and nested ones. */
  addCallbacks(callbacks: RegisterCallbacks): void {
    this.callbacks.push(callbacks);
  }

  /** Hooks of this block, then those of the blocks around it. */
  get allCallbacks(): readonly RegisterCallbacks[] {
    return this.parent === undefined
      ? this.callbacks
      : [...this.callbacks, ...this.parent.allCallbacks];
  }

  /** Told of every access that was predicted, here and in nested blocks; for coverage. */
  onPredicted(listener: (access: PredictedAccess) => void): void {
    this.listeners.push(listener);
  }

  /** For `Register`. */
  predicted(access: PredictedAccess): void {
    for (const listener of this.listeners) listener(access);
    this.parent?.predicted(access);
  }

  private place(element: Register | RegisterMemory, { offset, rights, map }: Placement): void {
    if (offset !== undefined) (map ?? this.defaultMap).add(element, offset, rights);
  }

  private allBlocks(): readonly RegisterBlock[] {
    return [this, ...this.ownBlocks.flatMap((block) => block.allBlocks())];
  }

  private takeName(scope: RegisterScope, name: string): void {
    this.context.checkBuilding(scope.fullPath);
    const path = `${scope.fullPath}.${name}`;
    if (this.names.has(path)) {
      throw new UsageError('name-taken', `there are two elements named '${name}'`, {
        path: scope.fullPath,
      });
    }
    this.names.add(path);
  }

  private named<T extends { readonly fullPath: string }>(
    what: string,
    name: string,
    among: readonly T[],
  ): T {
    const prefix = `${this.fullPath}.`;
    const found = among.find((one) => one.fullPath === prefix + name);
    if (found !== undefined) return found;
    const known = among.map((one) => one.fullPath.slice(prefix.length));
    throw new UsageError(`unknown-${what}`, `no ${what} '${name}'${suggest(name, known)}`, {
      path: this.fullPath,
    });
  }
}
