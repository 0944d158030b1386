// Reads pages of the guide: their code blocks, and their console sessions (a command after '$ ', then what it prints; a line
// or the rest of a line that is '…' stands for anything).

export interface ConsoleSession {
  readonly command: string;
  readonly output: readonly string[];
}

/** The contents of all blocks of a language. */
export function fencedBlocks(page: string, language: string): string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map((match) => match[1]);
}

export function consoleSessions(page: string): ConsoleSession[] {
  return fencedBlocks(page, 'console').flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((session) => {
        const [command, ...output] = session.trimEnd().split('\n');
        return { command, output };
      }),
  );
}

/** '' when what was printed is what the page shows; else the first line of the page that was not found, and the print. */
export function matchesOutput(printed: string, expected: readonly string[]): string {
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => line.trimEnd());
  let at = 0;
  let mayGap = false;
  for (const line of expected) {
    if (line === '…') {
      mayGap = true;
      continue;
    }
    const found = lines.findIndex((one, i) => i >= at && matchesLine(one, line.trimEnd()));
    if (found < 0 || (!mayGap && found !== at)) return `not found: '${line}' in\n${printed}`;
    at = found + 1;
    mayGap = false;
  }
  return at === lines.length || mayGap ? '' : `more than the page says: '${lines[at]}'`;
}

function matchesLine(line: string, pattern: string): boolean {
  if (!pattern.endsWith('…')) return line === pattern;
  return line.startsWith(pattern.slice(0, -1).trimEnd());
}
