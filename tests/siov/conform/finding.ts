// How a step of the conformance kit ends when it does not pass: the device is wrong (Finding), or nothing can be said of it
// (NoVerdict). Source: issue, "says at the first thing that is wrong what was sent, what came back, and which paragraph says
// what should have"; design decision 8 (FAIL and ERROR are two things).
import type { DutErrorCode } from '#dut/dut-port';
import type { Paragraph } from './paragraphs.ts';

/** One thing that is wrong. Texts may have several lines. */
export interface Evidence {
  readonly paragraph: Paragraph;
  /** What the kit did, that the answer belongs to. */
  readonly sent: string;
  readonly seen: string;
  readonly expected: string;
  /** What went over the link shortly before, oldest first. */
  readonly trail?: readonly string[];
}

/** The device is wrong. */
export class Finding extends Error {
  readonly evidence: Evidence;

  constructor(evidence: Evidence) {
    super(`${evidence.paragraph.where}: expected ${evidence.expected}, seen ${evidence.seen}`);
    this.name = 'Finding';
    this.evidence = evidence;
  }
}

/** The device died or fell silent where the step did not look for that. */
export class NoVerdict extends Error {
  readonly code: DutErrorCode;
  readonly sent: string;
  readonly detail: string;

  constructor(code: DutErrorCode, message: string, about: { sent: string; detail: string }) {
    super(message);
    this.name = 'NoVerdict';
    this.code = code;
    this.sent = about.sent;
    this.detail = about.detail;
  }
}

/** The step cannot be asked of this device: not a mistake, and said with its reason. */
export class NotApplicable extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotApplicable';
  }
}
