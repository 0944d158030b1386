// Writes the support matrix from the claims: what is there, what differs, and the honest blanks.
import type { Claim, ClaimChapter } from './claim.ts';

const SUPPORT = { yes: 'yes', differs: 'differs', no: '**no**' } as const;

/** The page, in Markdown. */
export function supportMatrix(chapters: readonly ClaimChapter[]): string {
  const lines = [
    '# Support matrix',
    '',
    'Generated from `tests/conformance`: each "yes" and "differs" has a test under its id, which runs in `npm test`.',
    'Do not edit; `UPDATE_GOLDEN=1 npx vitest run tests/conformance` writes it anew.',
  ];
  for (const chapter of chapters) {
    lines.push('', `## ${chapter.title}`, '', `Source: ${chapter.source}.`, '');
    lines.push('| id | feature | support | note |', '| --- | --- | --- | --- |');
    for (const claim of chapter.claims) lines.push(row(claim));
  }
  return `${lines.join('\n')}\n`;
}

function row({ id, feature, support, note = '' }: Claim): string {
  return `| ${[id, feature, SUPPORT[support], note].map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
