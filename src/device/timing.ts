// How long the reference device takes for what (SRD leaves timing free within its bounds). Picoseconds of simulated
// time; a range is drawn from the device's own random stream.

/** Unit of Max_Payload_Size and Max_Read_Request_Size. */
export const BYTES_128 = 128;

/** One byte on the link, about 31 GB/s, and the framing that every TLP costs beside its bytes. */
export const LINK_PS_PER_BYTE = 32;
export const LINK_FRAMING_BYTES = 12;

/** From the arrival of a request of the host until its completion is ready to leave. */
export const COMPLETION_LATENCY_PS: Range = [60_000, 260_000];
/** From picking a queue to its descriptor fetch, and from the descriptor's arrival to its execution. */
export const FETCH_LATENCY_PS: Range = [10_000, 60_000];
export const DECODE_LATENCY_PS: Range = [15_000, 80_000];
/** Between two requests of one engine, beside the time on the link. */
export const REQUEST_PACING_PS: Range = [2_000, 12_000];
/** From the last data of a descriptor to its record. */
export const RECORD_LATENCY_PS: Range = [5_000, 40_000];
/** Admin commands; RESET_SDI beside that waits for nothing. */
export const COMMAND_LATENCY_PS: Range = [200_000, 2_500_000];
export const SDI_RESET_LATENCY_PS: Range = [500_000, 5_000_000];
/** FLR of the PF and of a VF (bound: 100 µs). */
export const PF_RESET_LATENCY_PS: Range = [5_000_000, 60_000_000];
export const VF_RESET_LATENCY_PS: Range = [2_000_000, 30_000_000];

/** Smallest and largest of a duration, both included. */
export type Range = readonly [lowPs: number, highPs: number];

/** The completion timeout strikes at 5/4 of `completionTimeoutNs` (SRD §7: between 1 × and 2 ×). */
export function completionTimeoutPs(completionTimeoutNs: number): number {
  return completionTimeoutNs * 1250;
}
