// Finding capabilities in configuration space (siov-facts §7, T-CAP-1, F-LSPCI-5). Pure: a walk is a generator that yields
// the byte offset of the DW it wants and is given its value, so that the same walk serves bytes in memory (`runWalk`) and
// a host that must send a Configuration Request for each DW and wait for the answer.
//
//   capability           DW0  15:8 next | 7:0 ID                      list starts at byte 0x34
//   extended capability  DW0  31:20 next | 19:16 version | 15:0 ID    list starts at 0x100
//
//   in a process:  let step = walk.next(); while (!step.done) step = walk.next(yield* configRead(step.value));

/** IDs of PCI capabilities. */
export const CapabilityId = { POWER_MANAGEMENT: 0x01, PCI_EXPRESS: 0x10, MSIX: 0x11 } as const;

/** IDs of extended capabilities. */
export const ExtendedCapabilityId = {
  AER: 0x0001,
  ARI: 0x000e,
  SRIOV: 0x0010,
  PASID: 0x001b,
  SIOV: 0x0038,
} as const;

/** One entry of either list. */
export interface Capability {
  readonly id: number;
  /** Byte offset of its header. */
  readonly offset: number;
  /** 0 in the first list, which has none. */
  readonly version: number;
}

/** What a walk has found. */
export interface CapabilityList {
  /** In the order of the list, up to its end or to the fault. */
  readonly capabilities: readonly Capability[];
  /** Why the list is not a legal one, or undefined. */
  readonly fault: string | undefined;
}

/** Yields byte offsets of DWs, takes their values, returns the list. */
export type CapabilityWalk = Generator<number, CapabilityList, number>;

const STATUS_DW = 0x04;
const STATUS_CAPABILITIES_LIST = 1 << 20;
const POINTER_DW = 0x34;
const FIRST_OFFSET = 0x40;
const EXTENDED_OFFSET = 0x100;
const SPACE_BYTES = 0x1000;
const ALL_ONES = 0xffff_ffff;

/** How one of the two lists is linked. */
interface ListShape {
  /** Legal offsets: from here up to (not including) `end`. */
  readonly start: number;
  readonly end: number;
  readonly idMask: number;
  readonly next: (header: number) => number;
  readonly version: (header: number) => number;
}

const STANDARD: ListShape = {
  start: FIRST_OFFSET,
  end: EXTENDED_OFFSET,
  idMask: 0xff,
  next: (header) => (header >>> 8) & 0xff,
  version: () => 0,
};
const EXTENDED: ListShape = {
  start: EXTENDED_OFFSET,
  end: SPACE_BYTES,
  idMask: 0xffff,
  next: (header) => header >>> 20,
  version: (header) => (header >>> 16) & 0xf,
};

/** The list that starts at the Capabilities Pointer; empty when Status says that there is none. */
export function* walkCapabilities(): CapabilityWalk {
  const commandAndStatus = yield STATUS_DW;
  if ((commandAndStatus & STATUS_CAPABILITIES_LIST) === 0)
    return { capabilities: [], fault: undefined };
  const pointer = yield POINTER_DW;
  return yield* walkList(STANDARD, pointer & 0xff);
}

/** The list that starts at 0x100; empty when the header there is 0 or all ones. */
export function* walkExtendedCapabilities(): CapabilityWalk {
  return yield* walkList(EXTENDED, EXTENDED_OFFSET);
}

function* walkList(shape: ListShape, first: number): CapabilityWalk {
  const capabilities: Capability[] = [];
  let offset = first;
  while (offset !== 0) {
    const fault = offsetFault(shape, offset, capabilities);
    if (fault !== undefined) return { capabilities, fault };
    const header = yield offset;
    // An absent function reads all ones; an empty extended list is a header of 0 in the first place.
    if (header === ALL_ONES || header === 0) {
      const empty = capabilities.length === 0 && shape === EXTENDED;
      return { capabilities, fault: empty ? undefined : `no capability at ${printOffset(offset)}` };
    }
    capabilities.push({ id: header & shape.idMask, offset, version: shape.version(header) });
    offset = shape.next(header);
  }
  return { capabilities, fault: undefined };
}

function offsetFault(
  shape: ListShape,
  offset: number,
  seen: readonly Capability[],
): string | undefined {
  if ((offset & 3) !== 0) return `${printOffset(offset)} is not aligned to a DW`;
  if (offset < shape.start || offset >= shape.end)
    return `${printOffset(offset)} is outside the list's range`;
  if (seen.some((capability) => capability.offset === offset))
    return `the list loops at ${printOffset(offset)}`;
  return undefined;
}

function printOffset(offset: number): string {
  return `0x${offset.toString(16).padStart(3, '0')}`;
}

/** Runs a walk over something that answers at once. */
export function runWalk(walk: CapabilityWalk, read: (offset: number) => number): CapabilityList {
  let step = walk.next();
  while (step.done !== true) step = walk.next(read(step.value));
  return step.value;
}

/** The first capability with this ID. */
export function findCapability(list: CapabilityList, id: number): Capability | undefined {
  return list.capabilities.find((capability) => capability.id === id);
}
