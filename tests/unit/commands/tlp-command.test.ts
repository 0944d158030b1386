// `ridgeline tlp`: golden text, the golden vectors by their names, every way to write bytes, and every reason to refuse them.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#base/bytes';
import { encodeTlp, tlpToJson } from '#pcie/codec';
import { hasPayload } from '#pcie/tlp';
import { malformedReason } from '#pcie/rules';
import { failureReport } from '#reports/index';
import { sampleRun, SAMPLE_RULES } from '../reports/sample-records.ts';
import { arbitraryTlp } from '../pcie/arbitrary-tlp.ts';
import { ridgeline } from './command-fixture.ts';

const GOLDEN = '../../golden/commands';
const VECTORS = new URL('../../golden/tlp/vectors.jsonl', import.meta.url);
const PRINTED = new URL('../../golden/tlp/printed.txt', import.meta.url);
const READ = '00040010a5cd09f81600a358';

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

describe('ridgeline tlp', () => {
  it('prints a line and a table for every kind, and first what is malformed about some', async () => {
    const hex = lines(readFileSync(PRINTED, 'utf8')).map((line) => line.split(' = ')[0]);
    const { status, out } = await ridgeline(['tlp', ...hex]);
    expect(status).toBe(1);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/tlp.txt`);
  });

  it('gives every golden vector back with its field names, one object per line', async () => {
    const text = readFileSync(VECTORS, 'utf8');
    const vectors = lines(text).map((line) => JSON.parse(line) as { readonly hex: string });
    expect(vectors.length).toBeGreaterThan(250);
    const fields = vectors.map(({ hex: _hex, ...rest }) => rest);
    const byWords = await ridgeline(['tlp', '--json', ...vectors.map(({ hex }) => hex)]);
    expect(lines(byWords.out).map((line) => JSON.parse(line) as unknown)).toEqual(fields);
    expect(byWords.status).toBe(0);
    const byLines = await ridgeline(['tlp', '--json', '-'], text);
    expect(byLines).toEqual(byWords);
  });

  it('decodes whatever the encoder writes', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTlp, async (tlp) => {
        const { status, out } = await ridgeline(['tlp', '--json', bytesToHex(encodeTlp(tlp))]);
        const isMalformed = malformedReason(tlp, 4096) !== undefined;
        expect(status).toBe(isMalformed ? 1 : 0);
        const json = JSON.parse(out) as Record<string, unknown>;
        if (isMalformed) expect(Object.keys(json)).toEqual(['malformed']);
        else expect(json).toEqual(tlpToJson(tlp));
        expect(hasPayload(tlp.kind) && !isMalformed).toBe('data' in json);
      }),
      { numRuns: 40 },
    );
  });

  it('prints its help', async () => {
    const { status, out } = await ridgeline(['tlp', '--help']);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/tlp-help.txt`);
  });
});

describe('bytes may be written', () => {
  it.each([
    ['in one word', [READ]],
    ['in capitals', [READ.toUpperCase()]],
    ['with 0x', [`0x${READ}`]],
    ['as DWs', ['00040010 a5cd09f8 1600a358']],
    ['as words of one TLP', ['00040010', 'a5cd09f8', '1600a358']],
    ['as words of bytes', READ.match(/../g)!],
    ['with colons', [READ.match(/../g)!.join(':')]],
    ['with underscores', ['0004_0010_a5cd_09f8_1600_a358']],
    [
      'as an array of C',
      [
        `{ ${READ.match(/../g)!
          .map((byte) => `0x${byte}`)
          .join(', ')} }`,
      ],
    ],
    ['with bytes of one digit', ['0x0,0x4,0x0,0x10,0xa5,0xcd,0x9,0xf8,0x16,0x0,0xa3,0x58']],
  ])('%s', async (_how, words) => {
    const { status, out } = await ridgeline(['tlp', '--json', ...words]);
    expect(status).toBe(0);
    expect(lines(out)).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({ kind: 'MRd32', requesterId: 0xa5cd, lengthDw: 16 });
  });

  it('in lines with comments, and as failure.md and run.json show them', async () => {
    const input = [
      '# what the device sent',
      '',
      `${READ}   # the first`,
      `${READ} // another`,
      '## The last TLPs',
      'Times at the host: `up` when it arrived there, `down` when it left.',
      '```',
      '>    272.312541 us up   MRd32 a5:19.5 tag 0x009 at 0x1600a358 16 DW BE 8/f',
      `                        ${READ}`,
      '{',
      '  "schema": "ridgeline.run/1",',
      '  "window": [',
      '    {',
      '      "direction": "up",',
      '      "timePs": 272312541,',
      '      "text": "MRd32 a5:19.5",',
      `      "hex": "${READ}"`,
      '    }',
      '  ],',
      `{"window":[{"hex":"${READ}"},{"hex":"${READ}"}]}`,
    ].join('\n');
    const { status, out, notes } = await ridgeline(['tlp', '--json', '-'], input);
    expect([status, notes]).toEqual([0, '']);
    expect(lines(out)).toHaveLength(6);
    expect(new Set(lines(out)).size).toBe(1);
  });
});

describe('a whole failure.md', () => {
  const cut = `                        ${READ}…`;
  const report = [
    '# FAIL dma seed 7',
    '',
    'Replay:',
    '',
    '```',
    'npx ridgeline run dma --seed 7 --fault rid-swap',
    '```',
    '',
    '## T-RID-4: sdi 28',
    '',
    'At 285.106189 us, seen by `test.env.scoreboard.rid`.',
    '',
    'expected work of sdi 2 under Requester ID 01:0c.4',
    '00040010 is no TLP here',
    '## The last TLPs',
    '',
    'Times at the host: `up` when it arrived there, `down` when it left. `>`: at the time of the failure.',
    '```',
    '>    272.312541 us up   MRd32 a5:19.5 tag 0x009 at 0x1600a358 16 DW BE 8/f',
    `                        ${READ}`,
    '     272.400000 us up   MWr32 a5:19.5 tag 0x009 at 0x1600a358 128 DW',
    cut,
    '```',
    '- device: ridgeline-reference 1.3',
  ];

  it('gives its TLPs, and says which are cut short', async () => {
    const { status, out, notes } = await ridgeline(['tlp', '--json', '-'], report.join('\n'));
    expect([status, lines(out).length]).toEqual([0, 1]);
    expect(JSON.parse(out)).toMatchObject({ kind: 'MRd32', requesterId: 0xa5cd });
    expect(notes).toBe('ridgeline: line 22: the bytes are cut short; run.json has all of them\n');
  });

  it('of a real run, with as many as run.json has', async () => {
    const record = sampleRun({ test: 'dma', seed: 7, verdict: 'FAIL' });
    const window = [1, 2, 3].map((n) => ({
      direction: 'up' as const,
      timePs: n * 1_000_000,
      text: 'MRd32',
      hex: READ,
    }));
    const [{ content }] = failureReport().writeRun?.({ ...record, window }, SAMPLE_RULES) ?? [];
    const { status, out, notes } = await ridgeline(['tlp', '--json', '-'], content);
    expect([status, notes, lines(out).length]).toEqual([0, '', 3]);
  });
});

describe('what nobody should send is decoded, and said', () => {
  it.each([
    ['0410000100000f0f01000000', 'no requester should send it: CfgRd0 with TC 1, expected 0'],
    [
      '0400100100000f0f01000000',
      'requester should send it: CfgRd0 with Attr 0b001, expected 0b000',
    ],
    ['0400040100000f0f01000000', 'requester should send it: CfgRd0 with AT 1, expected 0'],
    [
      '30000000010000200000000000000000',
      'INTx (code 0x20) routed to the root complex, expected local',
    ],
    ['34100000010000200000000000000000', 'INTx (code 0x20) with TC 1, expected 0'],
    [
      '34000000010000300000000000000000',
      'error message (code 0x30) routed local, expected to the root',
    ],
    ['36000000010000200000000000000000', 'routing 6 is reserved'],
    ['000040010100000f0000100c', 'EP 1 without data that could be poisoned'],
    ['00000c010100000f00001000', 'AT 3 is reserved'],
    [
      '400004010100000f0000100000000000',
      'MWr32 with AT 1: only a memory read is a translation request',
    ],
    [
      '4a00000101008004020000000000000a',
      'completer should send it: CplD with a status other than SC',
    ],
    [
      '4a0000010100600402000000deadbeef',
      'completer should send it: status 3 is reserved, and read as UR',
    ],
    ['0a000001923d2040c92a273f', 'reserved, and not 0, in DW 0: bits 9:0 = 0b0000000001'],
    ['0a000000923d2040c92a27bf', 'reserved, and not 0, in DW 2: bit 7 = 0b1'],
    [
      '91c00000000000010100000f00001000',
      'reserved, and not 0, in the PASID prefix: bits 23:22 = 0b11',
    ],
    ['0400000100000f0f0100f003', 'in DW 2: bits 15:12 = 0b1111, bits 1:0 = 0b11'],
  ])('%s', async (hex, remark) => {
    const { status, out } = await ridgeline(['tlp', hex]);
    expect(status).toBe(0);
    expect(out).toContain(remark);
  });

  it('says nothing about the golden vectors that are as they should be', async () => {
    const vectors = lines(readFileSync(VECTORS, 'utf8')).map(
      (line) => JSON.parse(line) as { readonly hex: string },
    );
    const { out } = await ridgeline(['tlp', ...vectors.map(({ hex }) => hex)]);
    expect(out).not.toContain('reserved, and not 0');
  });
});

describe('a digest behind the TLP', () => {
  const digested = '000080010100000f000010000badf00d';

  it('is shown, and the TLP decoded', async () => {
    const text = await ridgeline(['tlp', digested]);
    expect(text.status).toBe(0);
    expect(text.out).toMatch(/^MRd32 01:00\.0 /);
    expect(text.out).toContain('\n  digest 0badf00d: ECRC (TD 1), not checked here;');
    const plain = await ridgeline(['tlp', '--json', '000000010100000f00001000']);
    const json = await ridgeline(['tlp', '--json', digested]);
    expect(JSON.parse(json.out)).toEqual({
      ...(JSON.parse(plain.out) as object),
      digest: '0badf00d',
    });
  });

  it('is found behind a PASID prefix', async () => {
    const { status, out } = await ridgeline(['tlp', '--json', `91000007${digested}`]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'MRd32', pasid: 7, digest: '0badf00d' });
  });
});

describe('what is malformed says why, with exit status 1', () => {
  it.each([
    [
      '0004',
      'expected whole DWs, got 2 bytes (size in bytes; a TLP is made of DWs, siov-facts §8)',
    ],
    ['00040010a5cd09f8', 'expected a header of 12 bytes, got 8 (Fmt; it gives the size'],
    ['20040010a5cd09f81600a358', 'expected a header of 16 bytes, got 12 (Fmt; it gives the size'],
    ['a0040010a5cd09f81600a358', 'undefined Fmt 101 (Fmt, expected 000..011; SRD §9'],
    ['0f040010a5cd09f81600a358', 'undefined Type 0_1111 with Fmt 000 (Type, expected one of'],
    ['80000000a5cd09f81600a358', 'prefix 0x80 (MR-IOV) is not supported (prefix; the only one is'],
    [
      '910123459101234500040010a5cd09f81600a358',
      'more than one PASID prefix (prefix; at most one, DUT protocol)',
    ],
    [
      '00048010a5cd09f81600a358',
      'with TD 1, 4 bytes of digest at the end: expected a header of 12 bytes, got 8 (Fmt;',
    ],
    [
      '400000020100000f0000100000000000',
      'MWr32: expected 8 bytes of payload, got 4 (Length; SRD §9 and R-REQ-3',
    ],
    ['0004001001000fff00001000ffffffff', 'MRd32: expected 0 bytes of payload, got 4 (Length;'],
    ['04000002000012040100002c', 'CfgRd0 with a length of 2 DW (Length, expected 1 DW; R-REQ-9'],
    ['00000002010000ff00000ffc', 'MRd32 across a 4 KiB boundary (Address and Length; R-REQ-1'],
    ['00000001010000ff00001000', 'Last BE 1111 with a length of 1 DW (Last DW BE, expected 0000;'],
    [
      '00000002010000f000001000',
      'First BE 0000 with a length of 2 DW (First DW BE, expected other',
    ],
    ['000000020100000f00001000', 'Last BE 0000 with a length of 2 DW (Last DW BE, expected other'],
  ])('%s', async (hex, reason) => {
    const { status, out } = await ridgeline(['tlp', '--json', READ, hex]);
    expect(status).toBe(1);
    const [, json] = lines(out).map((line) => JSON.parse(line) as { readonly malformed: string });
    expect(Object.keys(json)).toEqual(['malformed']);
    expect(json.malformed).toContain(reason);
    const text = await ridgeline(['tlp', hex]);
    expect(text.status).toBe(1);
    expect(text.out).toContain(`malformed: ${json.malformed}\n`);
  });

  it('a payload above --mps, and the fields where the bytes decode', async () => {
    const write = `40000021010000ff00001000${'00'.repeat(132)}`;
    expect((await ridgeline(['tlp', write])).status).toBe(0);
    const { status, out } = await ridgeline(['tlp', '--mps', '128', write]);
    expect(status).toBe(1);
    expect(out).toContain(
      'malformed: payload of 132 bytes, Max_Payload_Size is 128 (Length; R-REQ-3, SRD §9)\nMWr32 ',
    );
    expect(out).toMatch(/lengthDw +Length +33 /);
  });

  it('what no requester should send is decoded, and said', async () => {
    const { status, out } = await ridgeline([
      'tlp',
      '20000001010000ff0000000000001000'.replace('ff00', '0f00'),
    ]);
    expect(status).toBe(0);
    expect(out).toContain(
      '  no requester should send it: 4 DW header for an address below 4 GiB\n',
    );
  });
});

describe('bad usage ends with status 2', () => {
  it.each([
    [['tlp'], "missing required argument 'hex'"],
    [['tlp', 'zz'], "'zz': expected hexadecimal digits, got 'z' at position 0"],
    [['tlp', '000'], "'000': expected an even number of hexadecimal digits, got 3"],
    [['tlp', ''], "'': expected hexadecimal digits, got none"],
    [['tlp', READ, '-'], "'-' reads standard input, and stands alone"],
    [['tlp', '--mps', '100', READ], "--mps '100': allowed is 128, 256, 512, 1024, 2048, 4096"],
    [['tlp', '--msp', '128', READ], "unknown option '--msp'\n(Did you mean --mps?)\n"],
  ])('%j', async (args, message) => {
    const { status, out, notes } = await ridgeline(args);
    expect(notes).toContain(message);
    expect([status, out]).toEqual([2, '']);
  });

  it.each([
    ['no digits', 'line 2: expected hexadecimal digits, got '],
    [`${READ}…`, 'line 2: the bytes are cut short; run.json has all of them'],
  ])('a line of standard input: %s', async (line, message) => {
    const { status, out, notes } = await ridgeline(['tlp', '--json', '-'], `${READ}\n${line}\n`);
    expect(status).toBe(2);
    expect(lines(out)).toHaveLength(1);
    expect(notes).toContain(message);
  });
});
