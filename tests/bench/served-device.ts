// The reference device of the benchmarks behind the DUT protocol on standard input and output, as a child process.
import { serveStdio } from '#dut/serve-stdio';
import { PLAIN_CHARACTER } from '#device/character';
import { createReferenceDevice } from '#device/reference-device';

serveStdio(createReferenceDevice({ character: PLAIN_CHARACTER }));
