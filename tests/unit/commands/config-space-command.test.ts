// `ridgeline config-space`: golden text and fields, functions that are there and that are not, and the fields against the table.
import { describe, expect, it } from 'vitest';
import { defaultParams } from '#siov/srd-params';
import { pfConfigFields, vfConfigFields } from '#siov/config-space-table';
import { ridgeline } from './command-fixture.ts';

const GOLDEN = '../../golden/commands';

interface Shown {
  readonly rid: string;
  readonly function: string;
  readonly fields: Readonly<Record<string, number>>;
}

function shown(out: string): Shown[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Shown);
}

/** Offset of each line of a dump, and its bytes. */
function dump(text: string): { heading: string; bytes: number[] } {
  const [heading, ...lines] = text.trimEnd().split('\n');
  const bytes: number[] = [];
  for (const line of lines) {
    const [offset, rest] = line.split(': ');
    expect(parseInt(offset, 16)).toBe(bytes.length);
    bytes.push(...rest.split(' ').map((byte) => parseInt(byte, 16)));
  }
  return { heading, bytes };
}

describe('ridgeline config-space', () => {
  it('prints the PF as lspci does', async () => {
    const { status, out, notes } = await ridgeline(['config-space']);
    expect([status, notes]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/config-space-pf.txt`);
    const { heading, bytes } = dump(out);
    expect(heading).toMatch(/^01:00\.0 /);
    expect(bytes).toHaveLength(4096);
    expect(bytes.slice(0x1a0, 0x1a4)).toEqual([0x38, 0x00, 0x01, 0x00]);
  });

  it('prints one VF, and all functions', async () => {
    const one = await ridgeline(['config-space', '--vfs', '2', '--rid', '01:00.2']);
    expect([one.status, one.notes]).toEqual([0, '']);
    await expect(one.out).toMatchFileSnapshot(`${GOLDEN}/config-space-vf.txt`);
    const all = await ridgeline(['config-space', '--vfs', '2', '--all']);
    const [pf, , vf2] = all.out.split('\n\n');
    expect(all.out.split('\n\n')).toHaveLength(4);
    expect(`${vf2}\n\n`).toBe(one.out);
    expect(dump(pf).heading).toContain('(PF)');
    expect(await ridgeline(['config-space', '--vfs', '2', '--rid', '258'])).toEqual(one);
    expect(await ridgeline(['config-space', '--vfs', '2', '--rid', '0x0102'])).toEqual(one);
  });

  it('--all without --vfs enables all that there can be', async () => {
    const args = ['config-space', '--all', '--json'];
    const rids = shown((await ridgeline([...args, '--param', 'totalVfs=3'])).out);
    expect(rids.map((one) => `${one.rid} ${one.function}`)).toEqual([
      '01:00.0 PF',
      '01:00.1 VF 1',
      '01:00.2 VF 2',
      '01:00.3 VF 3',
    ]);
    const none = await ridgeline([...args, '--param', 'totalVfs=0']);
    expect([none.status, shown(none.out).length, none.notes]).toEqual([0, 1, '']);
  });

  it('gives the fields by name, with what the table says of them', async () => {
    const { status, out } = await ridgeline(['config-space', '--json', '--all', '--vfs', '1']);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/config-space.jsonl`);
    const params = defaultParams('standard');
    for (const [{ fields }, table] of [
      [shown(out)[0], pfConfigFields(params)],
      [shown(out)[1], vfConfigFields(params)],
    ] as const) {
      const named = table.filter(({ name }) => name !== 'Reserved');
      expect(Object.keys(fields)).toEqual(named.map(({ name }) => name));
      // What nobody writes at enumeration reads as at reset.
      for (const { name, reset, access, checked } of named) {
        if (checked && access !== 'RW') expect([name, fields[name]]).toEqual([name, reset]);
      }
    }
    expect(shown(out)[0].fields).toMatchObject({
      'Bus Master Enable': 1,
      'VF Enable': 1,
      'BAR0 Base Address': 0x8020_0000 / 16,
    });
  });

  it('shows the parameters of a profile, of --param and what a fault makes of them', async () => {
    const fields = async (...more: string[]): Promise<Shown['fields']> =>
      shown((await ridgeline(['config-space', '--json', ...more])).out)[0].fields;
    const hyperscale = await fields('--profile', 'hyperscale', '--param', 'sdiStride=3');
    expect(hyperscale).toMatchObject({ 'Total SDIs': 16384, 'SDI Stride': 3, TotalVFs: 64 });
    const vf = ['--vfs', '1', '--rid', '01:00.1'];
    expect(await fields(...vf)).toMatchObject({ 'ARI Extended Capability ID': 0x0e });
    const faulty = await fields(...vf, '--fault', 'vf-siov-capability');
    expect(faulty).toMatchObject({ 'ARI Extended Capability ID': 0x38 });
  });

  it('prints its help', async () => {
    const { out } = await ridgeline(['config-space', '--help']);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/config-space-help.txt`);
  });
});

describe('what does not answer', () => {
  it.each([
    [['--rid', '01:00.1'], '01:00.1 is for VF 1: --vfs 1 enables it'],
    [['--rid', '02:00.4'], '02:00.4 is for SDI 4: an SDI has no configuration space (SRD §2)'],
    [['--rid', '01:1f.7', '--vfs', '1'], 'there are: 01:00.0 (PF), 01:00.1 (VF 1)\n'],
  ])('%j is said, with exit status 1', async (args, message) => {
    const { status, out, notes } = await ridgeline(['config-space', ...args]);
    expect([status, out]).toEqual([1, '']);
    expect(notes).toContain('answers UR (Unsupported Request): there is no function\n');
    expect(notes).toContain(message);
    const json = await ridgeline(['config-space', '--json', ...args]);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toEqual({ rid: args[1], status: 'UR' });
  });

  it('VFs that are refused, or cannot be', async () => {
    const many = await ridgeline(['config-space', '--vfs', '17']);
    expect(many.status).toBe(1);
    expect(many.notes).toBe('ridgeline: the device refused to enable 17 VFs; its TotalVFs is 16\n');
    expect(dump(many.out).bytes).toHaveLength(4096);
    const none = await ridgeline(['config-space', '--vfs', '1', '--param', 'totalVfs=0']);
    expect([none.status, none.notes]).toEqual([
      1,
      'ridgeline: the PF has no SR-IOV capability: no VFs\n',
    ]);
  });
});

describe('bad usage ends with status 2', () => {
  it.each([
    [['--rid', 'x'], "--rid 'x': allowed is bus:device.function as in 01:00.1, or a number"],
    [['--rid', '01:20.0'], "--rid '01:20.0': allowed is"],
    [['--rid', '65536'], "--rid '65536': allowed is"],
    [['--rid', '256', '--all'], '--rid and --all: allowed is one of them'],
    [['--vfs', '-1'], "--vfs '-1': allowed is a whole number, 0..65535"],
    [['--profile', 'huge'], "there is no profile 'huge'"],
    [['--fault', 'rid-swop'], "there is no fault 'rid-swop' (did you mean 'rid-swap'?)"],
    [['--param', 'totalVfs=256'], 'totalVfs'],
    [['0100'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { status, out, notes } = await ridgeline(['config-space', ...args]);
    expect(notes).toContain(message);
    expect([status, out]).toEqual([2, '']);
  });
});
