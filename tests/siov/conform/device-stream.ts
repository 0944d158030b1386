// The byte stream to a device, as the conformance kit needs it: below frames, because it also sends what no testbench
// would, and pulled rather than pushed, because it does one thing after the other. Source: DUT protocol, "Transport" and the
// table of bad devices.
import type { DutParams } from '#dut/dut-port';
import type { ParameterInfo } from '#run/config';

/** What comes from a device next. */
export type Received =
  | {
      readonly kind: 'bytes';
      /** Pieces of any length: a frame may come in several, and several in one. */
      readonly bytes: Uint8Array;
    }
  | {
      /** The stream has ended; it is said again at each further call. */
      readonly kind: 'end';
      /** `exit status 3`, `signal SIGKILL`, `the connection ended`. */
      readonly how: string;
      /** As a device ends after BYE: exit status 0, or a connection that was closed. */
      readonly isClean: boolean;
      /** What is known beside it: the end of standard error. */
      readonly detail: string;
    }
  /** The answer was not there in time; `how` says within which. */
  | { readonly kind: 'silence'; readonly how: string; readonly detail: string };

/** One connection to a device that has not seen HELLO yet. */
export interface DeviceStream {
  /** A device that has closed its end is no error here: `receive` says so. */
  send(bytes: Uint8Array): void;
  /** No more bytes will follow; the device can still be heard. */
  endInput(): void;
  /** Another answer is waited for: the wall-clock limit, which is for the whole of it, begins. */
  expectAnswer(): void;
  receive(): Received | Promise<Received>;
  /** Gives up: kills a child that still runs, closes a socket. Always called last. */
  close(): void | Promise<void>;
}

/** Opens the same device again and again: each step of the kit starts with a fresh one. */
export interface ConformDevice {
  /** What the report calls it: an address, or the name of a device of the configuration. */
  readonly name: string;
  open(): DeviceStream;
  /** What the configuration knows of its parameters; undefined: it is a device of SRD. */
  readonly parameters?: DeviceParameters;
}

/** The parameters of a device, as a configuration knows them. */
export interface DeviceParameters {
  /** Those of `--param`. */
  readonly known?: readonly ParameterInfo[] | undefined;
  /** What is wrong with a set of them in HELLO, or undefined. */
  readonly checkAsked?: ((params: DutParams) => string | undefined) | undefined;
  /** What is wrong with those of HELLO_OK, or undefined. */
  readonly checkSaid?: ((params: DutParams) => string | undefined) | undefined;
}
