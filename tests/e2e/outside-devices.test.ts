// The example devices behind the real command: they hold a session to its end, and the testbench gives a verdict on them. They
// are no SIOV devices, so it is FAIL by a rule; ERROR would say that they broke the DUT protocol.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import {
  C99,
  commandOf,
  COPY_DEVICE,
  PYTHON,
  removeBuilds,
  ROOT,
  type Build,
} from '../unit/clients/client-builds.ts';
import { fencedBlocks } from './guide-page.ts';
import { SIOV, Workplace } from './ridgeline-process.ts';

const LONG_MS = 120_000;
const place = new Workplace(SIOV);
afterAll(() => place.remove());
afterAll(removeBuilds);

describe.skipIf(C99.lacking + PYTHON.lacking !== '')(
  `devices in other languages${C99.lacking}${PYTHON.lacking}`,
  () => {
    it(
      'get a verdict, and the same digests when they are the same device',
      async () => {
        const records: RunRecord[] = [];
        for (const build of [C99, PYTHON]) {
          const command = commandOf(build, COPY_DEVICE).map(
            (word) => `"${word.replaceAll('"', '\\"')}"`,
          );
          const { status, out } = await place.ridgeline(
            'run',
            'dma',
            '--seed',
            '1',
            '--json',
            '--dut',
            `exec:${command.join(' ')}`,
          );
          expect(status).toBe(1);
          records.push(JSON.parse(out) as RunRecord);
        }
        const [inC, inPython] = records;
        expect(inC.verdict).toBe('FAIL');
        expect(inC.failures[0].rule).toMatch(/^SRD-3/);
        expect(inC.device).toMatchObject({ name: 'ridgeline-copy-device', version: '1.0' });
        expect(inPython.digests).toEqual(inC.digests);
        expect(inPython.failures).toEqual(inC.failures);
      },
      LONG_MS,
    );
  },
);

/** `exec:` with a command whose words hold anything. */
function execOf(command: readonly string[]): string {
  return `exec:${command.map((word) => `"${word.replaceAll('"', '\\"')}"`).join(' ')}`;
}

describe.each([
  { build: C99, language: 'c', ending: 'c', hello: '  device.hello = on_hello;\n' },
  { build: PYTHON, language: 'python', ending: 'py', hello: 'effective = take_srd_params(params)' },
])('the whole of a device in $language, as clients/README.md shows it', (shown) => {
  const { build, language, ending, hello } = shown;
  const readme = readFileSync(join(ROOT, 'clients/README.md'), 'utf8');
  const [whole = ''] = fencedBlocks(readme, language).filter((text) => text.includes('20 ns'));

  function deviceOf(name: string, text: string, by: Build): string {
    const source = join(place.path, `${name}.${ending}`);
    writeFileSync(source, text);
    return execOf(by.command(source));
  }

  it.skipIf(build.lacking !== '')(
    `passes conform up to the first TLP${build.lacking}`,
    async () => {
      const dut = deviceOf('whole', whole, build);
      const { status, out } = await place.ridgeline('conform', '--only', 'hello', '--dut', dut);
      expect(out).toMatch(/^ok +hello\/ok /m);
      expect(out).toMatch(/: echo 1\.0\n\d+ steps: \d+ ok(, \d+ skipped)?\n$/);
      expect(status).toBe(0);
    },
    LONG_MS,
  );

  it.skipIf(build.lacking !== '')(
    `fails it at hello/ok when HELLO_OK does not name all parameters, as the page says${build.lacking}`,
    async () => {
      expect(whole).toContain(hello);
      const instead = language === 'c' ? '  (void)on_hello;\n' : 'effective = params';
      const dut = deviceOf('partial', whole.replace(hello, instead), build);
      const { status, out } = await place.ridgeline('conform', '--only', 'hello/ok', '--dut', dut);
      expect(out).toMatch(/^WRONG +hello\/ok /m);
      expect(out).toContain('HELLO_OK params without ');
      expect(status).toBe(1);
    },
    LONG_MS,
  );
});
