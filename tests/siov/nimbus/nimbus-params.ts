// What Nimbus takes in HELLO and says in HELLO_OK: names of its own.
import { suggest } from '#base/suggest';
import type { DutParams } from '#dut/dut-port';
import type { RandomStream } from '#random/random-stream';

export interface NimbusParams {
  readonly interfaces: number;
  readonly firstInterface: number;
  readonly interfaceStep: number;
  readonly pages: number;
  readonly vectors: number;
  /** Largest ring, entries. */
  readonly ring: number;
  readonly timeoutNs: number;
}

type Row = readonly [standard: number, low: number, high: number];

const TABLE: Readonly<Record<keyof NimbusParams, Row>> = {
  interfaces: [24, 1, 256],
  firstInterface: [0x10, 1, 0xffff],
  interfaceStep: [2, 1, 0xff],
  pages: [48, 1, 1024],
  vectors: [64, 1, 1024],
  ring: [32, 4, 128],
  timeoutNs: [50_000, 5_000, 1_000_000],
};

/** The effective values, or what is wrong with what is given. */
export function checkNimbusParams(given: DutParams): NimbusParams | string {
  const names = Object.keys(TABLE) as (keyof NimbusParams)[];
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(TABLE, name)) return `unknown parameter '${name}'${suggest(name, names)}`;
    const [, low, high] = TABLE[name as keyof NimbusParams];
    if (!Number.isInteger(value) || Number(value) < low || Number(value) > high) {
      return `parameter '${name}': expected ${low}..${high}, got ${JSON.stringify(value)}`;
    }
  }
  const defaults = Object.fromEntries(names.map((name) => [name, TABLE[name][0]]));
  return { ...defaults, ...given } as unknown as NimbusParams;
}

/** Parameters of a run. */
export function drawNimbusParams(stream: RandomStream): DutParams {
  return {
    interfaces: stream.pick([8, 24, 200]),
    firstInterface: stream.pick([1, 0x10, 0x100]),
    interfaceStep: stream.pick([1, 2, 7]),
    pages: stream.pick([24, 48, 200]),
    vectors: stream.pick([24, 64, 500]),
    ring: stream.pick([4, 32, 128]),
    timeoutNs: stream.pick([20_000, 50_000, 150_000]),
  };
}
