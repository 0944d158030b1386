// A semaphore: a bucket of keys. Processes take some and give them back; who asked first is served first. Source: IEEE
// 1800-2023 clause 15.3.
//
//   using _key = yield* bus.hold();      // given back at the end of the block, also when the process is killed
import { assert, UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent, type Process } from '#kernel/process';

interface Request {
  readonly keyCount: number;
  readonly granted: SimEvent;
}

/**
 * A bucket of keys: processes take some and give them back, and who asked first is served first (IEEE 1800 clause
 * 15.3). A number of keys is a whole number, 0 or more.
 */
export class Semaphore {
  readonly name: string;
  private free: number;
  private readonly requests = new Queue<Request>();

  /** @param keyCount keys that are in the bucket at first, 0 or more. */
  constructor(name: string, keyCount: number) {
    assertKeys(keyCount);
    this.name = name;
    this.free = keyCount;
  }

  /** Keys that can be taken now. */
  get keyCount(): number {
    return this.free;
  }

  /** Processes that wait for keys. */
  get numWaiters(): number {
    return this.requests.length;
  }

  /** Takes keys; waits until there are enough and everybody who asked before is served. */
  *get(keyCount = 1): Process {
    if (this.tryGet(keyCount)) return;
    const request: Request = { keyCount, granted: new SimEvent(`keys of ${this.name}`) };
    this.requests.push(request);
    let isAwake = false;
    try {
      yield request.granted;
      isAwake = true;
    } finally {
      if (!isAwake) this.giveUp(request);
    }
  }

  /** Takes keys if there are enough and nobody waits; false otherwise. */
  tryGet(keyCount = 1): boolean {
    assertKeys(keyCount);
    if (this.requests.length > 0 || keyCount > this.free) return false;
    this.free -= keyCount;
    return true;
  }

  /** Puts keys in: those taken, or more. */
  put(keyCount = 1): void {
    assertKeys(keyCount);
    this.free += keyCount;
    this.serve();
  }

  /** Takes keys for a `using` block. */
  *hold(keyCount = 1): Process<Disposable> {
    yield* this.get(keyCount);
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) {
          throw new UsageError('keys-returned', `semaphore '${this.name}': keys returned twice`);
        }
        isHeld = false;
        this.put(keyCount);
      },
    };
  }

  /** In the order of asking: a request for many keys is not passed by one for few. */
  private serve(): void {
    for (;;) {
      const first = this.requests.peek();
      if (first === undefined || first.keyCount > this.free) return;
      this.free -= first.keyCount;
      this.requests.shift();
      first.granted.trigger();
    }
  }

  /** A process was killed while it waited, or between being served and going on: then its keys go back. */
  private giveUp(request: Request): void {
    const wasWaiting = this.requests.remove((one) => one === request) !== undefined;
    if (wasWaiting) this.serve();
    else this.put(request.keyCount);
  }
}

function assertKeys(keyCount: number): void {
  assert(
    Number.isInteger(keyCount) && keyCount >= 0,
    'keys of a semaphore are a whole number, 0 or more',
  );
}
