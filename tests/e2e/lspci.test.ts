// What `ridgeline config-space` prints, read by lspci of pciutils: its decoder was written by others. Source: siov-facts §7
// (F-LSPCI), SRD §3, §8.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SIOV, Workplace } from './ridgeline-process.ts';

const isInstalled = spawnSync('lspci', ['--version']).status === 0;
const skipped = isInstalled ? '' : ' (skipped: lspci is not installed; apt-get install pciutils)';
const place = new Workplace(SIOV);
afterAll(() => place.remove());

/** lspci's text on the functions that the command prints, by Routing ID. */
async function decoded(...args: string[]): Promise<ReadonlyMap<string, string>> {
  const { status, out } = await place.ridgeline('config-space', ...args);
  expect(status).toBe(0);
  const file = join(place.path, 'space.txt');
  writeFileSync(file, out);
  const ended = spawnSync('lspci', ['-F', file, '-vvv'], { encoding: 'utf8' });
  expect(ended.status).toBe(0);
  return new Map(
    ended.stdout
      .trimEnd()
      .split('\n\n')
      .map((text) => [text.split(' ')[0], text]),
  );
}

describe(`lspci${skipped}`, () => {
  it.skipIf(!isInstalled)(
    'decodes every capability of the PF, in the order of SRD §3',
    async () => {
      const text = (await decoded()).get('01:00.0') ?? '';
      const capabilities = [...text.matchAll(/Capabilities: \[([0-9a-f]+)(?: v(\d))?\] (.*)/g)];
      expect(capabilities.map(([, offset, version, name]) => [offset, version, name])).toEqual([
        ['40', undefined, 'Power Management version 3'],
        ['50', undefined, 'MSI-X: Enable- Count=1 Masked-'],
        ['60', undefined, 'Express (v2) Endpoint, MSI 00'],
        ['100', '2', 'Advanced Error Reporting'],
        ['148', '1', 'Alternative Routing-ID Interpretation (ARI)'],
        ['150', '1', 'Single Root I/O Virtualization (SR-IOV)'],
        ['190', '1', 'Process Address Space ID (PASID)'],
        // The name of 0x38 is younger than most releases of pciutils.
        ['1a0', '1', expect.stringMatching(/0x38|0038|Scalable|SIOV/) as string],
      ]);
      for (const line of [
        'Processing accelerators',
        'Control: I/O- Mem+ BusMaster+',
        'Region 0: Memory at 80200000 (64-bit, non-prefetchable)',
        'Region 2: Memory at 80000000 (64-bit, prefetchable)',
        'ExtTag+ AttnBtn- AttnInd- PwrInd- RBE+ FLReset+',
        'MaxPayload 512 bytes',
        '10BitTagComp+ 10BitTagReq+',
        'CEMsk:\tRxErr- BadTLP- BadDLLP- Rollover- Timeout- AdvNonFatalErr+',
        'Initial VFs: 16, Total VFs: 16, Number of VFs: 0',
        'VF offset: 1, stride: 1, Device ID: 510f',
      ]) {
        expect(text).toContain(line);
      }
    },
  );

  it.skipIf(!isInstalled)('decodes VFs, and the VF Enable of their PF', async () => {
    const functions = await decoded('--all', '--vfs', '3', '--param', 'vfStride=8');
    expect([...functions.keys()]).toEqual(['01:00.0', '01:00.1', '01:01.1', '01:02.1']);
    expect(functions.get('01:00.0')).toContain('Number of VFs: 3');
    expect(functions.get('01:00.0')).toMatch(/IOVCtl:\tEnable\+ Migration- Interrupt- MSE\+/);
    for (const rid of ['01:00.1', '01:01.1', '01:02.1']) {
      const text = functions.get(rid) ?? '';
      expect(text).toContain('[50] MSI-X: Enable- Count=2 Masked-');
      expect(text).toContain('[60] Express (v2) Endpoint');
      expect(text).toContain('[100 v1] Alternative Routing-ID Interpretation (ARI)');
      expect(text).not.toContain('Region 0');
    }
  });

  it.skipIf(!isInstalled)(
    'decodes hyperscale, without the capabilities that it has not',
    async () => {
      const params = ['--param', 'pasid=false', '--param', 'totalVfs=0'];
      const text = (await decoded('--profile', 'hyperscale', ...params)).get('01:00.0') ?? '';
      expect(text).toContain('Advanced Error Reporting');
      expect(text).toContain('[1a0 v1]');
      expect(text).not.toContain('SR-IOV');
      expect(text).not.toContain('PASID');
    },
  );
});
