// `ridgeline tlp`: golden text, the golden vectors by their names, every way to write bytes, and every reason to refuse them.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#base/bytes';
import { encodeTlp, tlpToJson } from '#pcie/codec';
import { hasPayload } from '#pcie/tlp';
import { malformedReason } from '#pcie/rules';
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
    ['00048010a5cd09f81600a358', 'a digest (ECRC) is not supported (TD; expected 0, DUT protocol)'],
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
