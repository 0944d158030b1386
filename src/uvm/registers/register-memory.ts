// A memory in a register model: locations of 1..64 bits that are read and written one by one or in bursts, and not mirrored.
// Source: IEEE 1800.2 clause 18.6 (uvm_mem).
//
//   readonly scratch = this.addMemory('SCRATCH', { size: 16, wordBits: 32 });
//   yield* model.scratch.write(3, 0x1234);
import { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { ReadResult, type AccessStatus } from './read-result.ts';
import { failNoBackDoor, type AccessOptions, type RegisterAccess } from './register-access.ts';
import type { Attributed, RegisterAttributes } from './register-attributes.ts';
import { elementLanes, type MemoryBackDoor } from './register-bus.ts';
import { AccessLock, type RegisterModelContext } from './register-checks.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterScope } from './register-scope.ts';
import {
  andWord,
  isZero,
  maskWord,
  notWord,
  wordOf,
  wordText,
  ZERO,
  type Value,
  type Word,
} from './word.ts';

/** How many locations a memory has, of how many bits, and how they may be used. */
export interface MemorySpec {
  /** Locations. */
  readonly size: number;
  /** Bits of a location, 1..64; default 32. */
  readonly wordBits?: number;
  /** Default RW. */
  readonly access?: 'RW' | 'RO' | 'WO';
  readonly attributes?: RegisterAttributes;
}

/**
 * A memory of the device: locations of 1..64 bits, read and written one by one or in bursts, and not mirrored (IEEE
 * 1800.2 clause 18.6).
 */
export class RegisterMemory implements Attributed {
  readonly name: string;
  readonly parent: RegisterScope;
  /** Locations, numbered from 0. */
  readonly size: number;
  /** Bits of a location, 1..64. */
  readonly wordBits: number;
  /** Bytes that a location takes in a map. */
  readonly wordBytes: number;
  /** How it may be used. */
  readonly access: 'RW' | 'RO' | 'WO';
  readonly attributes: RegisterAttributes;
  readonly lock: AccessLock;
  private readonly maps: RegisterMap[] = [];
  private backDoor: MemoryBackDoor | undefined;

  /** Made by `addMemory` of a block. @throws UsageError `bad-memory`. */
  constructor(name: string, parent: RegisterScope, spec: MemorySpec) {
    this.name = name;
    this.parent = parent;
    this.size = spec.size;
    this.wordBits = spec.wordBits ?? 32;
    this.wordBytes = Math.ceil(this.wordBits / 8);
    this.access = spec.access ?? 'RW';
    this.attributes = spec.attributes ?? {};
    this.lock = new AccessLock(this.fullPath);
    const isWhole = Number.isSafeInteger(this.size) && Number.isInteger(this.wordBits);
    if (!isWhole || this.size < 1 || this.wordBits < 1 || this.wordBits > 64) {
      throw new UsageError('bad-memory', `${this.size} locations of ${this.wordBits} bits`, {
        path: this.fullPath,
        hint: 'A memory has at least one location, of 1..64 bits.',
      });
    }
  }

  get fullPath(): string {
    return `${this.parent.fullPath}.${this.name}`;
  }

  /** Bytes that it takes in a map: each location takes whole bytes. */
  get byteLength(): number {
    return this.size * this.wordBytes;
  }

  get context(): RegisterModelContext {
    return this.parent.context;
  }

  /**
   * Writes location `index`, 0 to `size` - 1.
   * @throws UsageError `bad-index`, `bad-value`, `read-only`, `not-in-map`, `no-front-door`, `no-back-door`,
   * `register-model-unlocked`.
   */
  *write(index: number, value: Value, options: AccessOptions = {}): Process<AccessStatus> {
    this.checkAccess(index, 'RO');
    const access = this.begin('write', index, options);
    access.value = this.fitting(value);
    yield* this.perform(access);
    return access.status;
  }

  /**
   * Reads location `index`, 0 to `size` - 1. It is compared with nothing.
   * @throws UsageError `bad-index`, `write-only`, `not-in-map`, `no-front-door`, `no-back-door`,
   * `register-model-unlocked`.
   */
  *read(index: number, options: AccessOptions = {}): Process<ReadResult> {
    this.checkAccess(index, 'WO');
    const access = this.begin('read', index, options);
    yield* this.perform(access);
    return new ReadResult(access.status, access.value);
  }

  /** Writes consecutive locations; stops at the first that fails. */
  *burstWrite(
    index: number,
    values: readonly Value[],
    options: AccessOptions = {},
  ): Process<AccessStatus> {
    for (const [i, value] of values.entries()) {
      const status = yield* this.write(index + i, value, options);
      if (status !== 'ok') return status;
    }
    return 'ok';
  }

  /** Reads consecutive locations; stops at the first that fails, whose result is the last. */
  *burstRead(index: number, count: number, options: AccessOptions = {}): Process<ReadResult[]> {
    const results: ReadResult[] = [];
    for (let i = 0; i < count; i++) {
      const result = yield* this.read(index + i, options);
      results.push(result);
      if (result.status !== 'ok') break;
    }
    return results;
  }

  /** By the back door. @throws UsageError `no-back-door`, `bad-index`. */
  peek(index: number): Word {
    this.context.checkUsable(this.fullPath);
    this.checkIndex(index);
    return this.requireBackDoor().peek(this, index);
  }

  /** By the back door. @throws UsageError `no-back-door`, `bad-index`, `bad-value`. */
  poke(index: number, value: Value): void {
    this.context.checkUsable(this.fullPath);
    this.checkIndex(index);
    this.requireBackDoor().poke(this, index, this.fitting(value));
  }

  /** Its own back door; otherwise that of its block serves. */
  setBackDoor(door: MemoryBackDoor): void {
    this.backDoor = door;
  }

  /** Whether it, or a block around it, has a back door for memories. */
  get hasBackDoor(): boolean {
    return (this.backDoor ?? this.parent.block.memoryBackDoor) !== undefined;
  }

  /** For `RegisterMap`: the memory was added to a map. */
  joined(map: RegisterMap): void {
    this.maps.push(map);
  }

  /** The maps to which it was added, in that order. */
  get allMaps(): readonly RegisterMap[] {
    return this.maps;
  }

  private *perform(access: RegisterAccess): Process {
    yield* this.lock.acquire(this.context.kernel);
    try {
      if (access.path === 'back') this.performBehind(access);
      else if (access.map !== undefined) yield* access.map.transfer(access);
    } finally {
      this.lock.release();
    }
  }

  private performBehind(access: RegisterAccess): void {
    const door = this.requireBackDoor();
    if (access.kind === 'read') access.value = door.peek(this, access.index);
    else door.poke(this, access.index, access.value);
  }

  private begin(kind: 'read' | 'write', index: number, options: AccessOptions): RegisterAccess {
    const path = options.path ?? this.parent.block.defaultPath;
    if (path === 'back') this.requireBackDoor();
    const map = path === 'front' ? this.mapFor(options.map) : undefined;
    const lanes = elementLanes(this.wordBytes);
    return { kind, element: this, index, path, map, lanes, options, value: ZERO, status: 'ok' };
  }

  private mapFor(wanted: RegisterMap | undefined): RegisterMap {
    const found =
      wanted === undefined ? this.maps[0] : this.maps.find((map) => map.isWithin(wanted));
    if (found !== undefined) return found;
    throw new UsageError('not-in-map', 'the memory is not in the map', {
      path: this.fullPath,
      hint: 'Add it with map.add.',
    });
  }

  private checkAccess(index: number, forbidden: 'RO' | 'WO'): void {
    this.context.checkUsable(this.fullPath);
    this.checkIndex(index);
    if (this.access !== forbidden) return;
    const code = forbidden === 'RO' ? 'read-only' : 'write-only';
    throw new UsageError(code, `the memory is ${code}`, { path: this.fullPath });
  }

  private checkIndex(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return;
    throw new UsageError('bad-index', `${index} is no location: there are 0..${this.size - 1}`, {
      path: this.fullPath,
    });
  }

  private requireBackDoor(): MemoryBackDoor {
    return this.backDoor ?? this.parent.block.memoryBackDoor ?? failNoBackDoor(this.fullPath);
  }

  private fitting(value: Value): Word {
    const word = wordOf(value);
    if (isZero(andWord(word, notWord(maskWord(this.wordBits))))) return word;
    throw new UsageError('bad-value', `${wordText(word)} does not fit ${this.wordBits} bits`, {
      path: this.fullPath,
    });
  }
}
