// The character of a device: its habits where SRD leaves the choice to whoever builds one. Two devices that both obey
// SRD differ in how long they take, how they cut requests, which tags they use, when the completion timeout strikes,
// what a reset finds finished. Each seed draws a character once (design decision 9), so that a testbench learns SRD and
// not the habits of one model. Every value is legal alone and with every other.
import type { RandomStream } from '#random/random-stream';
import type { SrdParams } from '#siov/srd-params';
import { drawLatencies, USUAL_LATENCIES, type Latencies, type Range } from './timing.ts';

/** Where a request to memory ends, beside the end of what is wanted and a 4 KiB boundary. */
export const Cut = {
  /** As late as its size allows. */
  FULL: 0,
  /** At multiples of the largest size. */
  ALIGNED: 1,
  /** At the last multiple of 64 bytes within the size. */
  LINE: 2,
  /** At any byte. */
  ANYWHERE: 3,
} as const;

/** Which free tag a request gets. */
export const TagChoice = {
  /** The next one of its queue, going round. */
  ROUND: 0,
  LOWEST: 1,
  RANDOM: 2,
  /** One that no request of any RID holds. */
  POOL: 3,
} as const;

/** How requests for bytes are cut: the most bytes of one, and a `Cut`. */
export interface Sizes {
  readonly bytesMax: number;
  readonly cut: number;
}

export interface Character {
  readonly latencies: Latencies;
  /** From the arrival of a TLP to its effect, in order; and at most from leaving the parts to leaving the device. */
  readonly ingressPs: number;
  readonly egressPs: number;
  /** After every `burstLength` TLPs the link rests for this long. 0: never. */
  readonly restPs: number;
  readonly burstLength: number;
  /** From an event to its bits in ERRORS, AER and LATE_COMPLETIONS (SRD §4 "Moments": within 1 µs). */
  readonly errorDelayPs: number;
  /** Bytes of each read of a descriptor, a divisor of 64; whether the last part is asked for first. */
  readonly fetchBytes: number;
  readonly fetchesBackwards: boolean;
  readonly reads: Sizes;
  readonly writes: Sizes;
  /** COPY writes what has come, rather than waiting for a whole request. */
  readonly writesPartly: boolean;
  /** Reads of one engine that may be outstanding; how many are planned at once, the last of them leaving first. */
  readonly readsMax: number;
  readonly readsPlanned: number;
  /** Non-posted requests of the device that may be outstanding, 1..64. */
  readonly placeCount: number;
  readonly tagChoice: number;
  /** When a completion timeout strikes, in thousandths of `completionTimeoutNs`: 1000..2000. */
  readonly timeout: Range;
  /** When an admin command takes effect, in thousandths of its duration. */
  readonly effect: Range;
  /** A descriptor whose data is all done when a reset comes ends as a whole, rather than being aborted. */
  readonly finishesAtReset: boolean;
  /** An engine keeps a descriptor that waits for Bus Master Enable to be fetched. */
  readonly holdsEngine: boolean;
  /** Queues are served in the order of their numbers, rather than of becoming ready. */
  readonly servesByNumber: boolean;
  /** Bytes that are not enabled, 0..255; whether reads of the host show it, too, where no byte is enabled. */
  readonly filler: number;
  readonly fillsReads: boolean;
  /** Memory requests during a PF FLR set error bits. */
  readonly notesInReset: boolean;
  /** The UR for an unsupported request to a VF's page bears the VF's RID. */
  readonly refusesAsVf: boolean;
  /** Transactions Pending is implemented. */
  readonly showsPending: boolean;
  /** The error bits of Status, Device Status and Correctable Error Status are implemented. */
  readonly logsErrors: boolean;
  /** HEAD moves when the descriptor has been decoded, rather than when its last byte arrives. */
  readonly movesHeadLate: boolean;
}

/** A device without whims: unit tests that look at single TLPs ask for it. */
export const PLAIN_CHARACTER: Character = {
  latencies: USUAL_LATENCIES,
  ingressPs: 0,
  egressPs: 0,
  restPs: 0,
  burstLength: 1,
  errorDelayPs: 0,
  fetchBytes: 64,
  fetchesBackwards: false,
  reads: { bytesMax: 4096, cut: Cut.FULL },
  writes: { bytesMax: 4096, cut: Cut.FULL },
  writesPartly: false,
  readsMax: 16,
  readsPlanned: 1,
  placeCount: 64,
  tagChoice: TagChoice.ROUND,
  timeout: [1250, 1250],
  effect: [1000, 1000],
  finishesAtReset: false,
  holdsEngine: false,
  servesByNumber: false,
  filler: 0x5a,
  fillsReads: false,
  notesInReset: true,
  refusesAsVf: false,
  showsPending: false,
  logsErrors: false,
  movesHeadLate: false,
};

/** Ingress, egress, a rest of the link and one long TLP on it together stay within the 1 µs of SRD §4 "Moments". */
const PASSAGE_PS_MAX = 600_000;
const REST_PS_MAX = 200_000;
const EVENT_PS_MAX = 950_000;
/** With 5-bit tags a pool has this many for all RIDs: no request may stand between others and a tag. */
const POOL_PLACES_MAX = 32;
const PLACES_MAX = 64;
/** Data that one engine may ask for at a time is at least this: the progress bound counts 100 ns a byte. */
const BYTES_IN_FLIGHT_MIN = 128;
const READS_MAX = 16;
const TIMEOUTS: readonly Range[] = [
  [1250, 1250],
  [1000, 1000],
  [2000, 2000],
  [1000, 2000],
];
const EFFECTS: readonly Range[] = [
  [0, 0],
  [1000, 1000],
  [0, 1000],
];

/** Draws one device's habits. */
export function drawCharacter(random: RandomStream, params: SrdParams): Character {
  const ingressPs = random.bool() ? 0 : random.below(PASSAGE_PS_MAX + 1);
  const egressPs = random.bool() ? 0 : random.below(PASSAGE_PS_MAX - ingressPs + 1);
  const tagChoice = random.below(4);
  const reads = drawSizes(random);
  const readsShare = Math.floor(PLACES_MAX / params.engineCount);
  const readsLeast = Math.ceil(BYTES_IN_FLIGHT_MIN / averageBytes(reads));
  return {
    latencies: drawLatencies(random),
    ingressPs,
    egressPs,
    restPs: random.chance(3, 4) ? 0 : random.below(REST_PS_MAX + 1),
    burstLength: random.range(1, 16),
    errorDelayPs: random.bool() ? 0 : random.below(EVENT_PS_MAX + 1),
    fetchBytes: random.pick([64, 64, 32, 16]),
    fetchesBackwards: random.bool(),
    reads,
    writes: drawSizes(random),
    writesPartly: random.bool(),
    readsMax: Math.max(readsLeast, Math.min(readsShare, random.pick([1, 2, 4, READS_MAX]))),
    readsPlanned: random.pick([1, 1, 2, 4]),
    placeCount: random.range(
      Math.min(8 + params.engineCount, POOL_PLACES_MAX),
      tagChoice === TagChoice.POOL ? POOL_PLACES_MAX : PLACES_MAX,
    ),
    tagChoice,
    timeout: random.pick(TIMEOUTS),
    effect: random.pick(EFFECTS),
    finishesAtReset: random.bool(),
    holdsEngine: random.bool(),
    servesByNumber: random.bool(),
    filler: random.pick([0x00, 0x5a, 0xff]),
    fillsReads: random.bool(),
    notesInReset: random.bool(),
    refusesAsVf: random.bool(),
    showsPending: random.bool(),
    logsErrors: random.bool(),
    movesHeadLate: random.bool(),
  };
}

function drawSizes(random: RandomStream): Sizes {
  return {
    bytesMax: random.pick([64, 128, 256, 512, 4096, 4096]),
    cut: random.pick([Cut.FULL, Cut.ALIGNED, Cut.LINE, Cut.ANYWHERE]),
  };
}

function averageBytes(sizes: Sizes): number {
  // Max_Read_Request_Size may be 128 whatever this device prefers.
  const bytes = Math.min(sizes.bytesMax, 128);
  return sizes.cut === Cut.ANYWHERE ? bytes / 2 : bytes;
}
