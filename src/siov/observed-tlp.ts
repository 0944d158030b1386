// What the passive link monitors publish: one TLP as it passed the host's end of the link. Scoreboards and coverage see
// the device through these and nothing else (design decisions 3 and 14).
import type { Tlp } from '#pcie/tlp';

/**
 * One TLP on the link. The object, `tlp` and `bytes` belong to the monitor and are valid only during `write()`: a
 * subscriber copies what it keeps.
 */
export interface ObservedTlp {
  /** up: device to host; down: host to device. */
  readonly direction: 'up' | 'down';
  /** Picoseconds at the host's end: arrival of an up TLP, departure of a down TLP. */
  readonly timePs: number;
  /** The decoded TLP, or undefined when it cannot be decoded. */
  readonly tlp: Tlp | undefined;
  /** Why it cannot be decoded, or undefined when it can. */
  readonly malformed: string | undefined;
  /** The bytes as they passed. */
  readonly bytes: Uint8Array;
  /** Down only: the host broke a rule on purpose (SRD §9, "The host injects only"). */
  readonly injected: boolean;
}
