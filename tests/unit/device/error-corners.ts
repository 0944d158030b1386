// What goes wrong around the device, each thing once, for the catalogue of faults: answers that fail, requests that are dropped,
// D3hot, PF FLR, hot reset. Source: SRD §9.
import { atomicRequest, memoryRead, memoryWrite } from '#pcie/build';
import { CompletionStatus, Tlp } from '#pcie/tlp';
import { AdminOpcode } from '#siov/srd-admin';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { BAR0, failure, type QueuePlaces, type TestHost } from './test-host.ts';

const AER_STATUS = 0x104;
const READ = { opcode: WorkOpcode.CRC32, length: 64, source: 0x1000 };

export function errorCorners(host: TestHost): void {
  host.answerDelayPs = () => 300_000;
  clearLog(host);
  const queue = host.openSdi(50);
  failingAnswers(host, queue);
  droppedRequests(host, queue);
  readBack(host, queue);
  sleep(host);
  flr(host);
  reset(host);
}

function log(host: TestHost): void {
  host.run(2_000_000);
  host.read(BAR0 + PfRegister.ERRORS);
  host.read(BAR0 + PfRegister.LATE_COMPLETIONS);
  host.config(AER_STATUS);
}

function clearLog(host: TestHost): void {
  log(host);
  host.write(BAR0 + PfRegister.ERRORS, 0xff);
  host.configWrite(AER_STATUS, 0xffff_ffff);
  log(host);
}

/** One descriptor each whose read is completed with CA, poisoned, twice, and never. */
function failingAnswers(host: TestHost, queue: QueuePlaces): void {
  const isData = (tlp: Tlp): boolean => tlp.address === READ.source;
  host.answer = (tlp) => (isData(tlp) ? failure(tlp, CompletionStatus.CA) : undefined);
  host.execute(queue, [READ], 0);
  host.answer = () => undefined;
  const stranger = memoryRead({ requesterId: 0x01f0, tag: 9, address: 0x1000, byteLength: 4 });
  host.send(failure(stranger, CompletionStatus.UR)[0]);
  log(host);
  host.answer = (tlp, self) => {
    if (!isData(tlp)) return undefined;
    const parts = self.completions(tlp);
    for (const part of parts) part.ep = 1;
    return parts;
  };
  host.execute(queue, [READ], 1);
  clearLog(host);
  host.answer = (tlp) => (isData(tlp) ? 'drop' : undefined);
  host.execute(queue, [READ], 2);
  host.answer = () => undefined;
  log(host);
}

function droppedRequests(host: TestHost, queue: QueuePlaces): void {
  clearLog(host);
  const crossing = memoryRead({ requesterId: 0, tag: 0xfe, address: queue.page, byteLength: 8 });
  crossing.lastBe = 0;
  host.send(crossing);
  log(host);
  clearLog(host);
  const message = new Tlp();
  message.kind = 'Msg';
  host.send(message);
  log(host);
  const scratch = queue.page + 0x108;
  const poisoned = memoryWrite({
    requesterId: 0,
    address: scratch,
    bytes: new Uint8Array(4).fill(7),
  });
  poisoned.ep = 1;
  host.send(poisoned);
  host.read(scratch);
  const operands = new Uint8Array(4);
  host.request(atomicRequest({ requesterId: 0, op: 'Swap', address: scratch, operands }));
  host.configWrite(0x04, 4, 2);
  host.readTlp(BAR0);
  host.configWrite(0x04, 6, 2);
}

function readBack(host: TestHost, queue: QueuePlaces): void {
  for (let i = 0; i < 20; i++) host.read(BAR0 + PfRegister.ID);
  host.command(AdminOpcode.QUERY_SDI, [50]);
  host.read(BAR0 + PfRegister.ARG0);
  host.write(BAR0 + PfRegister.IMS + 16 * 200 + 8, 0x1234_5678);
  host.read(BAR0 + PfRegister.IMS + 16 * 200 + 8);
  host.write(queue.page + 0x100, 0x77);
  host.startCommand(AdminOpcode.RESET_SDI, [50]);
  host.read(queue.page + 0x100);
  host.awaitCommand();
  host.enable(50);
  host.startQueue(queue.page, queue.ring, queue.entries, queue.records);
  host.execute(queue, [READ]);
  const vf = host.config(0, 4, 0x101);
  if (vf !== 0) host.config(0x100, 4, 0x101);
}

/** Work is rung and the PF goes to sleep. */
function sleep(host: TestHost): void {
  const queue = host.openSdi(51);
  const work = { opcode: WorkOpcode.COPY, length: 60_000, source: 0x1000, destination: 0x10_0000 };
  host.post(queue.ring, 16, 0, work);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(1_000_000);
  host.configWrite(0x44, 3, 2);
  host.run(20_000_000);
  host.configWrite(0x44, 0, 2);
  host.run(40_000_000);
}

/** FLR of the PF with reads under way that are answered afterwards. */
function flr(host: TestHost): void {
  clearLog(host);
  const queue = host.openSdi(52);
  host.answerDelayPs = () => 5_000_000;
  host.post(queue.ring, 16, 0, READ);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(1_500_000);
  host.configWrite(0x68, 0x8810, 2);
  host.run(150_000_000);
  host.answerDelayPs = () => 300_000;
  host.boot();
  log(host);
  host.command(AdminOpcode.QUERY_SDI, [50]);
  host.results();
}

function reset(host: TestHost): void {
  host.send(new Uint8Array(12).fill(0xff));
  host.run(2_000_000);
  host.resetDevice('hot');
  host.config(0);
  host.config(AER_STATUS);
}
