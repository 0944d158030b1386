// A step of the conformance kit: what it is called, what it stands on, and how it is run against a fresh device. Source:
// issue, "checks step by step (hello, stepping, enumeration, BARs, admin commands, …)".
import type { SrdParams } from '#siov/srd-params';
import type { ConformDevice, DeviceParameters } from './device-stream.ts';
import { NotApplicable } from './finding.ts';
import { ConformHost } from './host.ts';
import type { Paragraph } from './paragraphs.ts';
import { Session, type Greeting } from './session.ts';

export const STAGES = [
  'hello',
  'stepping',
  'enumeration',
  'bars',
  'admin',
  'dma',
  'interrupts',
  'resets',
  'errors',
  'cuts',
] as const;
export type StageName = (typeof STAGES)[number];

/** Stages that know no register of SRD. */
export const PROTOCOL_STAGES: readonly StageName[] = ['hello', 'stepping', 'cuts'];

/** Whose basic steps must have passed before a stage makes sense. */
export const STAGE_NEEDS: Readonly<Record<StageName, readonly StageName[]>> = {
  hello: [],
  stepping: ['hello'],
  enumeration: ['hello', 'stepping'],
  bars: ['hello', 'stepping', 'enumeration'],
  admin: ['hello', 'stepping', 'enumeration', 'bars'],
  dma: ['hello', 'stepping', 'enumeration', 'bars', 'admin'],
  interrupts: ['hello', 'stepping', 'enumeration', 'bars', 'admin', 'dma'],
  resets: ['hello', 'stepping', 'enumeration', 'bars', 'admin'],
  errors: ['hello', 'stepping', 'enumeration', 'bars'],
  cuts: ['hello', 'stepping'],
};

export interface ConformStep {
  /** Kebab-case, unique in its stage. */
  readonly name: string;
  /** What is demanded, one sentence. */
  readonly title: string;
  /** The paragraph that it is about; a finding may name another one. */
  readonly paragraph: Paragraph;
  /** Stages that need this one stand on it. */
  readonly isBasic?: boolean;
  /** Why this device, with its parameters, cannot be asked; undefined: it can. */
  readonly needs?: (params: SrdParams) => string | undefined;
  /** @throws Finding, NoVerdict, NotApplicable. */
  readonly run: (kit: StepKit) => Promise<void>;
}

/** What a step works with. Everything it opens is closed when it ends. */
export class StepKit {
  readonly isSrd: boolean;
  private readonly device: ConformDevice;
  private readonly asked: Greeting;
  private readonly sessions: Session[] = [];

  /** @param isSrd whether the device has the parameters, and so the registers, of SRD. */
  constructor(device: ConformDevice, asked: Greeting, isSrd = true) {
    this.device = device;
    this.asked = asked;
    this.isSrd = isSrd;
  }

  /** What the configuration knows of the parameters. */
  get parameters(): DeviceParameters {
    return this.device.parameters ?? {};
  }

  /** HELLO as the command line asks for it. */
  get greeting(): Greeting {
    return this.asked;
  }

  /**
   * A fresh device that has not seen HELLO. The session before it is closed: a device on a socket serves one at a time, and may
   * be a process for each.
   */
  async open(): Promise<Session> {
    await this.close();
    const session = new Session(this.device.open(), this.parameters);
    this.sessions.push(session);
    return session;
  }

  /** A fresh device after HELLO, behind the mini-host. */
  async host(greeting: Greeting = this.greeting): Promise<ConformHost> {
    const session = await this.open();
    const info = await session.hello(greeting);
    return new ConformHost(session, info.params as unknown as SrdParams);
  }

  /** The step asks for something that this device does not have. */
  skip(reason: string): never {
    throw new NotApplicable(reason);
  }

  /** LOG texts of all sessions. */
  get logs(): readonly string[] {
    return this.sessions.flatMap(({ logs }) => logs);
  }

  async close(): Promise<void> {
    await this.sessions.at(-1)?.stream.close();
  }
}
