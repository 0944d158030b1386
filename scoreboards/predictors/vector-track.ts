// One interrupt vector as the host programmed it and as messages show it. Source: SRD §7 (interrupts), §4 (b), §8.
//
// What is seen is the message, not the moment at which a descriptor raised it. So a vector counts how many messages may
// still come (`possible`) and whether one waits for certain, and must come once nothing holds it back (`isOwed`).
import { GovernedBit } from './governed-bit.ts';

export class VectorTrack {
  address = 0;
  data = 0;
  readonly mask: GovernedBit;
  private readonly momentPs: number;
  private previousAddress = 0;
  private previousData = 0;
  private programmedPs = -Infinity;
  isProgrammed = false;
  possible = 0;
  /** When it was last raised, as far as is known, or a message was seen. */
  lastPs = -Infinity;
  /** Its descriptor has ended while it was certainly masked, and no message has come since: it is pending (SRD §7). */
  isOwed = false;

  constructor(momentPs: number) {
    this.momentPs = momentPs;
    this.mask = new GovernedBit(true, momentPs);
  }

  program(address: number, data: number, timePs: number): void {
    this.previousAddress = this.address;
    this.previousData = this.data;
    this.address = address;
    this.data = data;
    this.programmedPs = timePs;
    this.isProgrammed = true;
  }

  /** Whether a message to `address` may be this vector's at `timePs`. */
  ownsAddress(address: number, timePs: number): boolean {
    if (this.isProgrammed && address === this.address) return true;
    return timePs <= this.programmedPs + this.momentPs && address === this.previousAddress;
  }

  ownsData(data: number, timePs: number): boolean {
    if (data === this.data) return true;
    return timePs <= this.programmedPs + this.momentPs && data === this.previousData;
  }

  /** A descriptor (or command) may now raise it, and does so before its end. */
  raise(timePs: number): void {
    this.lastPs = timePs;
    this.possible = Math.min(2, this.possible + 1);
  }

  /** A message was seen. */
  sent(timePs: number): void {
    this.lastPs = timePs;
    this.possible--;
    this.isOwed = false;
  }

  /** What is pending or waits is lost. */
  drop(): void {
    this.possible = 0;
    this.isOwed = false;
  }

  /** Back to reset values (SRD §5, §6): mask 1, nothing pending; address and data too when `isCleared`. */
  reset(isCleared: boolean): void {
    this.drop();
    this.mask.reset(true);
    if (!isCleared) return;
    this.address = 0;
    this.data = 0;
    this.isProgrammed = false;
    this.programmedPs = -Infinity;
  }
}
