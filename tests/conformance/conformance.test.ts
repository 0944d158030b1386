// Runs every claim's test, and holds docs/support-matrix against the claims.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHAPTERS } from './chapters.ts';
import { supportMatrix } from './support-matrix.ts';

const MATRIX = 'docs/support-matrix/README.md';
const claims = CHAPTERS.flatMap((chapter) => chapter.claims);

for (const chapter of CHAPTERS) {
  describe(chapter.title, () => {
    for (const { id, feature, verify } of chapter.claims) {
      if (verify !== undefined) it(`${id} ${feature}`, verify);
    }
  });
}

describe('the claims', () => {
  it('have ids of their own', () => {
    const ids = claims.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('have a test when they claim support, and a note when they do not', () => {
    for (const { id, support, note = '', verify } of claims) {
      expect([id, verify !== undefined]).toEqual([id, support !== 'no']);
      if (support !== 'yes') expect([id, note.length > 0]).toEqual([id, true]);
    }
  });

  it('are what docs/support-matrix says', () => {
    const text = supportMatrix(CHAPTERS);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(MATRIX, text);
    expect(readFileSync(MATRIX, 'utf8')).toBe(text);
  });
});
