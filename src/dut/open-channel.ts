// From the address of a device to the channel that leads there.
import type { OpenChannel } from './byte-channel.ts';
import { ChildChannel, type OnProcess } from './child-channel.ts';
import type { DutAddress } from './dut-address.ts';
import { SocketChannel } from './socket-channel.ts';

/** @param onProcess told of the process group of a child. */
export function channelTo(
  address: DutAddress,
  onProcess: OnProcess = () => undefined,
): OpenChannel {
  switch (address.kind) {
    case 'exec':
      return (events) => new ChildChannel(address.command, events, onProcess);
    case 'unix':
      return (events) => new SocketChannel({ path: address.path }, events);
    case 'tcp':
      return (events) => new SocketChannel({ host: address.host, port: address.port }, events);
  }
}
