// The closure page as a file: one document, nothing from anywhere else, and a record in it that stays data whatever it holds.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RegressionRecord } from '#record/regression-record';
import { htmlReport } from '#reports/index';
import { pagePayload } from '#reports/page-payload';
import { PAGE_AFTER_PAYLOAD, PAGE_BEFORE_PAYLOAD } from '#reports/page.generated';
import { unpack } from '#reports/page/unpack';
import type { Payload } from '#reports/page/payload';
import { largeRegression } from './page-records.ts';
import { sampleRegression } from './sample-records.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)><!--<script>';

function pageOf(record: RegressionRecord): string {
  const files = htmlReport().writeRegression?.(record) ?? [];
  expect(files.map(({ path }) => path)).toEqual(['index.html']);
  return files[0].content;
}

function payloadOf(page: string): Payload {
  expect(page.startsWith(PAGE_BEFORE_PAYLOAD)).toBe(true);
  expect(page.endsWith(PAGE_AFTER_PAYLOAD)).toBe(true);
  const json = page.slice(PAGE_BEFORE_PAYLOAD.length, page.length - PAGE_AFTER_PAYLOAD.length);
  return JSON.parse(json) as Payload;
}

function hostileRegression(): RegressionRecord {
  const sample = sampleRegression();
  // Every text of the record but those that have a fixed set of values.
  const fixed = new Set(['schema', 'verdict', 'stop', 'replay', 'startedUtc']);
  const spoilt = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return fixed.has(key) ? value : `${value}${HOSTILE}`;
    if (Array.isArray(value)) return value.map((one: unknown) => spoilt(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        name === 'evaluations' ? one : spoilt(one, name),
      ]),
    );
  };
  return spoilt(sample) as RegressionRecord;
}

describe('the closure page', () => {
  it('is a small template around the payload', () => {
    const size = PAGE_BEFORE_PAYLOAD.length + PAGE_AFTER_PAYLOAD.length;
    expect(size).toBeGreaterThan(20_000);
    expect(size).toBeLessThan(120_000);
    // Its ends only: a template of 100 kB is no message of a test.
    expect(PAGE_BEFORE_PAYLOAD.slice(0, 15)).toBe('<!doctype html>');
    const opening = '<script type="application/json" id="payload">';
    expect(PAGE_BEFORE_PAYLOAD.slice(-opening.length - 9).trim()).toBe(opening);
    expect(PAGE_AFTER_PAYLOAD.slice(0, 20).trim().slice(0, 9)).toBe('</script>');
  });

  it('loads nothing from anywhere', () => {
    const template = PAGE_BEFORE_PAYLOAD + PAGE_AFTER_PAYLOAD;
    expect([...template.matchAll(/\b(src|href)="(?!data:)[^"]*"/g)].map(String)).toEqual([]);
    expect([...template.matchAll(/@import|url\(/g)].map(String)).toEqual([]);
    const addresses = [...template.matchAll(/https?:\/\/[\w./]+/g)].map(([address]) => address);
    // Names of XML vocabularies, which are never fetched.
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
  });

  it('has a policy that runs its own script and styles, by their hashes, and nothing else', () => {
    const template = PAGE_BEFORE_PAYLOAD + PAGE_AFTER_PAYLOAD;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(template)![1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const hash = (pattern: RegExp): string =>
      createHash('sha256').update(pattern.exec(template)![1]).digest('base64');
    expect(policy).toContain(
      `script-src 'sha256-${hash(/<script type="module"[^>]*>(.*?)<\/script>/s)}'`,
    );
    expect(policy).toContain(`style-src 'sha256-${hash(/<style[^>]*>(.*?)<\/style>/s)}'`);
  });

  it('keeps hostile text inside its script element, and gives it back as it was', () => {
    const page = pageOf(hostileRegression());
    const inside = page.slice(PAGE_BEFORE_PAYLOAD.length, -PAGE_AFTER_PAYLOAD.length);
    expect(inside.split(String.raw`\u003c/script>`).length).toBeGreaterThan(20);
    expect(inside.indexOf('<')).toBe(-1);
    const { runs, coverage, rules, tests, head } = payloadOf(page);
    expect(tests[0].test).toBe(`dma${HOSTILE}`);
    expect(coverage.groups[0].points[0].bins[1]).toBe(`large${HOSTILE}`);
    expect(rules[0].sentence).toContain(HOSTILE);
    expect(head.fault).toBe(`rid-swap${HOSTILE}`);
    expect(JSON.stringify(runs.reason)).toContain('onerror');
  });

  it('makes control characters and turns of direction visible', () => {
    const record = { ...sampleRegression(), profile: 'a\u202eb\u0007c\ud800' };
    expect(payloadOf(pageOf(record)).head.profile).toBe(String.raw`a\u202eb\u0007c\ud800`);
  });

  it('has what `$` means to a replacement as text', () => {
    const record = { ...sampleRegression(), profile: "$& $' $` $1 __PAYLOAD__" };
    expect(payloadOf(pageOf(record)).head.profile).toBe("$& $' $` $1 __PAYLOAD__");
  });

  it('is a pure function of the record', () => {
    expect(pageOf(sampleRegression()) === pageOf(sampleRegression())).toBe(true);
  });
});

describe('the payload', () => {
  it('is as it was', async () => {
    const text = `${JSON.stringify(pagePayload(sampleRegression()), null, 1)}\n`;
    await expect(text).toMatchFileSnapshot('../../golden/reports/page-payload.json');
  });

  it('gives every run back, its replay line among it', () => {
    const record = sampleRegression();
    const { runs } = unpack(payloadOf(pageOf(record)));
    expect(
      runs.map(({ test, seed, verdict, replay }) => ({ test, seed, verdict, replay })),
    ).toEqual(
      record.runs.map(({ test, seed, verdict, replay }) => ({ test, seed, verdict, replay })),
    );
    expect(runs[1].broken.map(({ rule, count }) => [rule, count])).toEqual([
      ['R-1', 2],
      ['R-2', 1],
    ]);
  });

  it.each([
    'npx ridgeline run dma --seed 77',
    "npx ridgeline run dma --seed 7 --param 'a=dma --seed 7'",
    'npx ridgeline run dma --seed 7 --profile standard',
    'another command',
  ])('gives back the replay line %s', (replay) => {
    const sample = sampleRegression();
    const runs = [{ ...sample.runs[1], replay }];
    const { runs: back } = unpack(payloadOf(pageOf({ ...sample, runs })));
    expect(back[0].replay).toBe(replay);
  });

  it('is made of records of versions before closure and configuration, too', () => {
    const { closure: _closure, configuration: _configuration, ...old } = sampleRegression();
    const page = unpack(payloadOf(pageOf(old)));
    expect(page.curves).toEqual([]);
    expect(page.columns).toEqual([]);
    expect(page.runs.map(({ newBins }) => newBins)).toEqual([null, null, null, null]);
  });

  it('has a rule that is evaluated without being in the table', () => {
    const record = { ...sampleRegression(), evaluations: { 'R-1': 7, 'R-2': 0, UVM_ERROR: 1 } };
    const rules = payloadOf(pageOf(record)).rules.map(({ id, evaluations }) => [id, evaluations]);
    expect(rules).toEqual([
      ['R-1', 7],
      ['R-2', 0],
      ['UVM_ERROR', 1],
    ]);
  });

  it('stays small: 10 000 runs of 50 values and 10 000 bins are below 5 MB', () => {
    const page = pageOf(largeRegression(10_000, 10_000));
    expect(page.length).toBeLessThan(5_000_000);
  });
});
