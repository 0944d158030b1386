// `ridgeline tlp`: what the bytes of a TLP mean. Source: design, "JSON" (`tlp --json`), decision 8 (exit status).
import { UsageError } from '#base/assert';
import type { CommandCall, CommandEntry, CommandIo } from '#run/command-entry';
import { TlpLines, tlpsOfWords } from './tlp-input.ts';
import { readingJson, readTlp } from './tlp-reading.ts';
import { readingText } from './tlp-text.ts';

const PAYLOAD_SIZES = [128, 256, 512, 1024, 2048, 4096];
const STANDARD_INPUT = '-';
const DECODED = 0;
const MALFORMED = 1;

const DETAILS = `HEX: digits in upper or lower case, with spaces, colons, underscores, commas, brackets or 0x between
them; the bytes from Fmt and Type (or a PASID prefix) on, without sequence number or LCRC.
Each word is one TLP, unless all words are of 8 digits at most: then they are pieces of one.

'-' reads lines from standard input, a TLP each: empty lines and comments (#) are skipped, and so
is everything but the bytes in failure.md and run.json.

Exit status: 0 all are TLPs, 1 one is malformed, 2 something is not hexadecimal.

  ridgeline tlp 00040010 a5cd09f8 1600a358
  ridgeline tlp --json - < out/latest/runs/dma-7/run.json`;

export const tlpCommand: CommandEntry = {
  name: 'tlp',
  summary: 'decode TLPs: a line and a table of fields each',
  arguments: [{ name: 'hex', summary: "bytes of a TLP in hexadecimal, or '-'", isVariadic: true }],
  options: [
    { name: 'json', summary: 'one JSON object per line: {kind, …} or {malformed}' },
    {
      name: 'mps',
      value: 'N',
      default: '4096',
      summary: 'Max_Payload_Size of the receiver, bytes: a longer payload is malformed',
    },
  ],
  details: DETAILS,
  run: runTlp,
};

async function runTlp({ words, options }: CommandCall, io: CommandIo): Promise<number> {
  const printer = new ReadingPrinter(io, {
    isJson: options['json'] === true,
    maxPayloadBytes: payloadSize(String(options['mps'])),
  });
  if (!words.includes(STANDARD_INPUT)) {
    for (const bytes of tlpsOfWords(words)) printer.print(bytes);
    return printer.status;
  }
  if (words.length > 1) {
    throw new UsageError('bad-value', "'-' reads standard input, and stands alone");
  }
  const lines = new TlpLines((message) => io.note(`ridgeline: ${message}\n`));
  for await (const line of io.readLines()) {
    for (const bytes of lines.take(line)) printer.print(bytes);
  }
  return printer.status;
}

class ReadingPrinter {
  status = DECODED;
  private readonly io: CommandIo;
  private readonly how: { readonly isJson: boolean; readonly maxPayloadBytes: number };
  private count = 0;

  constructor(io: CommandIo, how: ReadingPrinter['how']) {
    this.io = io;
    this.how = how;
  }

  print(bytes: Uint8Array): void {
    const reading = readTlp(bytes, this.how.maxPayloadBytes);
    if (reading.malformed !== undefined) this.status = MALFORMED;
    const gap = this.count++ === 0 ? '' : '\n';
    this.io.print(
      this.how.isJson ? `${JSON.stringify(readingJson(reading))}\n` : gap + readingText(reading),
    );
  }
}

function payloadSize(text: string): number {
  const size = PAYLOAD_SIZES.find((one) => String(one) === text);
  if (size !== undefined) return size;
  throw new UsageError('bad-value', `--mps '${text}': allowed is ${PAYLOAD_SIZES.join(', ')}`);
}
