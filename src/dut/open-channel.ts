// From the address of a device to the channel that leads there.
import type { OpenChannel } from './byte-channel.ts';
import { ChildChannel, type OnProcess } from './child-channel.ts';
import type { DutAddress } from './dut-address.ts';
import { SocketChannel } from './socket-channel.ts';

/** Time for which nobody listens is taken for a device that is just starting, seconds. */
const CONNECT_SECONDS = 5;
/** Of the time for an answer: who gives up connecting says so before the wait for HELLO_OK ends. */
const CONNECT_SHARE = 0.8;

export interface ChannelOptions {
  /** Told of the process group of a child. */
  readonly onProcess?: OnProcess | undefined;
  /** How long an answer may take, wall-clock time. Default: no limit. */
  readonly dutTimeoutSeconds?: number;
}

export function channelTo(address: DutAddress, options: ChannelOptions = {}): OpenChannel {
  const { onProcess = () => undefined, dutTimeoutSeconds = Infinity } = options;
  const seconds = Math.min(CONNECT_SECONDS, CONNECT_SHARE * dutTimeoutSeconds);
  switch (address.kind) {
    case 'exec':
      return (events) => new ChildChannel(address.command, events, onProcess);
    case 'unix':
      return (events) => new SocketChannel({ path: address.path }, events, seconds);
    case 'tcp': {
      const { host, port } = address;
      return (events) => new SocketChannel({ host, port }, events, seconds);
    }
  }
}
