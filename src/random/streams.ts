// All random streams of a run, keyed by path (design decision 6): (run seed, component path, stream name, n-th stream
// object asked for under that name). Adding a component, a coverage point or a log line changes no other stream.
import { assert } from '#base/assert';
import { RunningSha256 } from '#base/hash';
import { RandomStream } from './random-stream.ts';

const FIRST_USE = 0;

/** Gives the streams of one run, and keeps the digest of all draws. */
export class Streams {
  readonly runSeed: number;
  private readonly uses = new Map<string, number>();
  private readonly digest = new RunningSha256();

  /** @param runSeed an unsigned integer below 2^53. */
  constructor(runSeed: number) {
    assert(Number.isSafeInteger(runSeed) && runSeed >= 0, 'a seed is an integer 0..2^53-1');
    this.runSeed = runSeed;
  }

  /** A new stream for (path, name); asking again under the same name gives another, independent one. */
  stream(path: string, name: string): RandomStream {
    const key = `${this.runSeed}\0${path}\0${name}`;
    const use = this.uses.get(key) ?? 0;
    this.uses.set(key, use + 1);
    return new RandomStream(`${key}\0${use}`, this.digest);
  }

  /**
   * The first stream for (path, name), where the caller knows that nobody asks for it again: what is asked for without end,
   * as by operations, is not remembered.
   */
  streamOnce(path: string, name: string): RandomStream {
    return new RandomStream(`${this.runSeed}\0${path}\0${name}\0${FIRST_USE}`, this.digest);
  }

  /** SHA-256 of all draws so far, in the order drawn, in hexadecimal: equal for equal runs. */
  drawsDigest(): string {
    return this.digest.digestHex();
  }
}
