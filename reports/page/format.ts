// Texts of the closure page: counts, simulated time, digests. No locale, so that two people see the same page.
import type { ExclusionRecord } from '#record/exclusion-record';

const PS_PER_US = 1_000_000;
const PS_PER_MS = 1_000_000_000;
const PS_PER_S = 1_000_000_000_000;
/** Between groups of three digits: narrow, and no line breaks there. */
const THIN_SPACE = '\u202f';
const DIGEST_SHOWN = 12;

/** `1 234 567`, with narrow spaces. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
}

/** `1 run`, `2 runs`. */
export function nounText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** At most four characters: `999`, `1.2k`, `34k`, `5.6M`. Cut, never rounded up. */
export function shortCountText(count: number): string {
  if (count < 1000) return String(count);
  const [unit, letter] = count < 1e6 ? [1e3, 'k'] : count < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  const value = count / unit;
  return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${letter}`;
}

/** Simulated time in the unit that suits it: `323.4 µs`, `12.05 ms`. */
export function timeText(timePs: number): string {
  if (timePs < PS_PER_MS) return `${(timePs / PS_PER_US).toFixed(1)} µs`;
  if (timePs < PS_PER_S) return `${(timePs / PS_PER_MS).toFixed(2)} ms`;
  return `${(timePs / PS_PER_S).toFixed(2)} s`;
}

/** Simulated time with all its digits, as failures have it: `12.250000 µs`. */
export function exactTimeText(timePs: number): string {
  const us = Math.floor(timePs / PS_PER_US);
  return `${us}.${String(timePs % PS_PER_US).padStart(6, '0')} µs`;
}

/** Wall-clock time: `12.3 s`, `4 min 05 s`, `2 h 04 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(Math.floor(seconds % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `2026-01-02 03:04 UTC` of an ISO time. */
export function utcText(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

export function shortDigest(digest: string): string {
  return digest.length <= DIGEST_SHOWN ? digest : `${digest.slice(0, DIGEST_SHOWN)}…`;
}

/** Share of a bar on a logarithmic scale, 0..1: one hit can still be seen beside a million. */
export function logShare(count: number, most: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.log1p(count) / Math.log1p(most);
}

/** Why a bin is out, who says so, until when, and what shows it. */
export function exclusionWords({ reason, owner, expires, proof }: ExclusionRecord): string {
  const until = expires === null ? '' : `, until ${expires}`;
  const shown = proof === undefined ? '' : `; proof: ${proof}`;
  return `${reason} (${owner}${until})${shown}`;
}
