// A non-posted request of the host is completed within 20 µs (SRD §4 "Progress"), also by a device that is slow to
// answer and whose link rests after every TLP, and however many requests come at a time.
import { expect, it } from 'vitest';
import { USUAL_LATENCIES } from '#device/timing';
import { memoryRead } from '#pcie/build';
import { isCompletion } from '#pcie/tlp';
import { BAR0, TestHost } from './test-host.ts';

const BOUND_PS = 20_000_000;
const READ_COUNT = 256;

it('a burst of reads is completed within 20 µs whatever the character', () => {
  const latencies = { ...USUAL_LATENCIES, completion: [10_000, 12_000_000] } as const;
  const host = new TestHost({ character: { latencies, restPs: 200_000, burstLength: 1 } }).boot();
  const from = host.seen.length;
  const sentPs = Array.from({ length: READ_COUNT }, (_, tag) =>
    host.send(memoryRead({ requesterId: 0, address: BAR0, byteLength: 4, tag }), tag * 1000),
  );
  host.run(5 * BOUND_PS);
  const completed = host.seen.slice(from).filter(({ tlp }) => isCompletion(tlp.kind));
  expect(completed).toHaveLength(READ_COUNT);
  for (const { timePs, tlp } of completed) {
    expect(timePs - sentPs[tlp.tag]).toBeLessThanOrEqual(BOUND_PS);
  }
});
