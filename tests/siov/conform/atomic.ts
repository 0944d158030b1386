// AtomicOps on the buffers of the mini-host: the old value goes back, the new one stays. Source: SRD §7 (opcodes 4..6).
import { completionsFor } from '#pcie/build';
import { operandBytes } from '#pcie/rules';
import type { Tlp } from '#pcie/tlp';
import type { HostBuffer } from './buffers.ts';

/** Performs an AtomicOp and gives its completion. */
export function applyAtomic(buffer: HostBuffer, request: Tlp): Tlp[] {
  const size = operandBytes(request);
  const start = request.address - buffer.address;
  const old = buffer.bytes.slice(start, start + size);
  buffer.bytes.set(atomicResult(request.kind, old, request.payload), start);
  return completionsFor(request, { completerId: request.requesterId, bytes: old, ends: [size] });
}

/** The value after FetchAdd (wraps), Swap, CAS; `operands` as in the TLP: of CAS the value compared, then the new one. */
export function atomicResult(kind: string, old: Uint8Array, operands: Uint8Array): Uint8Array {
  const size = old.length;
  const first = operands.subarray(0, size);
  if (kind.startsWith('Swap')) return first.slice();
  if (kind.startsWith('CAS')) {
    const isEqual = old.every((byte, i) => byte === first[i]);
    return isEqual ? operands.slice(size, 2 * size) : old.slice();
  }
  const sum = new Uint8Array(size);
  let carry = 0;
  for (let i = 0; i < size; i++) {
    const digit = old[i] + first[i] + carry;
    sum[i] = digit;
    carry = digit >> 8;
  }
  return sum;
}
