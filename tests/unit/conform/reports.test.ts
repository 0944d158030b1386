// What the conformance kit prints and writes: golden text of the reference device and of findings, and JUnit.
import { describe, expect, it } from 'vitest';
import { FRAME } from '#dut/frame';
import { junitText } from '#tests/siov/conform/conform-junit';
import { headText, stepText, summaryText } from '#tests/siov/conform/conform-text';
import type { Frame } from '#tests/siov/conform/frames';
import type { ConformResult } from '#tests/siov/conform/runner';
import { SaxesParser } from 'saxes';
import { conform, runOne, stepsOf } from './kit-fixture.ts';

const GOLDEN = '../../golden/conform';
const text = (result: ConformResult): string =>
  result.steps.map(stepText).join('') + headText(result) + summaryText(result);

/** A small run with all outcomes: ok, wrong, skipped, no verdict. */
async function mixed(): Promise<ConformResult> {
  const asked = { params: { crc32: false } };
  const ids = ['hello/ok', 'stepping/idle', 'bars/identity', 'admin/create', 'dma/crc32'];
  const wrong = await conform({ fault: 'version-wrong' }, asked, stepsOf(...ids));
  const greetsOnly = (answer: Frame): Frame[] => (answer.type === FRAME.helloOk ? [answer] : []);
  const served = { tamper: greetsOnly };
  const silent = await conform({ served }, asked, stepsOf('errors/messages'));
  return { ...wrong, steps: [...wrong.steps, ...silent.steps] };
}

describe('the text', () => {
  it('of the reference device', async () => {
    const result = await conform();
    await expect(text(result)).toMatchFileSnapshot(`${GOLDEN}/reference.txt`);
  });

  it('of findings', async () => {
    const faults = [
      ['bars/identity', 'version-wrong'],
      ['admin/create', 'query-rid-wrong'],
      ['dma/copy', 'copy-last-byte'],
      ['dma/fill', 'cross-4k'],
      ['interrupts/masked', 'mask-ignored'],
      ['resets/abort', 'late-counted-error'],
      ['errors/malformed', 'aer-malformed-missing'],
    ] as const;
    const findings: string[] = [];
    for (const [id, fault] of faults) findings.push(stepText(await runOne(id, { fault })));
    const last = { kind: 'end', how: 'exit status 1', isClean: false, detail: 'oops' } as const;
    findings.push(stepText(await runOne('hello/bye', { served: { endAfterBye: last } })));
    await expect(findings.join('')).toMatchFileSnapshot(`${GOLDEN}/findings.txt`);
  });

  it('shows what the device said, made harmless', async () => {
    const log: Frame = { type: FRAME.log, payload: Uint8Array.of(2, 0x1b, 0x5b, 0x41) };
    const fault = 'version-wrong';
    const served = { tamper: (answer: Frame) => [log, answer] };
    const shown = stepText(await runOne('bars/identity', { fault, served }));
    expect(shown).toContain('log         \\u001b[A\n');
    expect(shown).not.toContain('\u001b');
  });

  it('of all outcomes', async () => {
    await expect(text(await mixed())).toMatchFileSnapshot(`${GOLDEN}/outcomes.txt`);
  });
});

describe('JUnit', () => {
  it('has a suite for each stage and a case for each step', async () => {
    const result = await mixed();
    const xml = junitText(result);
    await expect(xml).toMatchFileSnapshot(`${GOLDEN}/junit.xml`);
    const names: string[] = [];
    const parser = new SaxesParser();
    parser.on('opentag', ({ name, attributes }) => {
      const label = attributes['name'] ?? attributes['type'] ?? '';
      names.push(`${name} ${label}`.trim());
    });
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(xml).close();
    expect(names.filter((name) => name.startsWith('testcase'))).toHaveLength(result.steps.length);
    expect(names).toContain('failure srd.md §4');
    expect(names).toContain('error dut-hung');
    expect(names).toContain('skipped');
  });

  it('stays well-formed whatever the device says', async () => {
    const detail = 'a <b> & "c" \u0000\ud800 ]]>';
    const last = { kind: 'end', how: detail, isClean: false, detail } as const;
    const served = { endAfterBye: last };
    const result = await conform({ served }, { params: {} }, stepsOf('hello/bye'));
    const parser = new SaxesParser();
    let failure = '';
    parser.on('text', (part) => (failure += part));
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(junitText(result)).close();
    expect(failure).toContain('a <b> & "c" \\u0000\\ud800 ]]>');
  });
});
