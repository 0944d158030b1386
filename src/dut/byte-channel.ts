// A stream of bytes in both directions, to a process or a socket. Source: DUT protocol, Transport.

/** How a channel ended. */
export interface ChannelEnd {
  /** `exit status 3`, `signal SIGKILL`, `the connection ended`. */
  readonly how: string;
  /** False: nothing was ever connected. */
  readonly isReached: boolean;
  /** Ended as a device does after BYE: exit status 0, or a connection that was closed. */
  readonly isClean: boolean;
  /** Last 4 KiB of standard error; empty for sockets. */
  readonly standardError: string;
}

export interface ChannelEvents {
  /** Bytes in the order in which they were sent; the chunk is the receiver's from now on. */
  onData(chunk: Uint8Array): void;
  /** Once, after the last data. */
  onEnd(end: ChannelEnd): void;
}

export interface ByteChannel {
  /** `bytes` may be used again when the other side has answered. */
  write(bytes: Uint8Array): void;
  /** No more will be written; a process sees the end of its standard input. */
  end(): void;
  /** Ends it at once, a process with its whole group; `onEnd` follows if it has not come yet. */
  kill(): void;
}

export type OpenChannel = (events: ChannelEvents) => ByteChannel;
