#!/usr/bin/env node
// The `ridgeline` command. Plain JavaScript, so that it also starts on a Node that is too old and can say what to do.
import { existsSync } from 'node:fs';
import module from 'node:module';

const MAJOR_MIN = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < MAJOR_MIN) {
  process.stderr.write(
    `ridgeline needs Node ${MAJOR_MIN} or newer; this is Node ${process.versions.node}.\n` +
      `Start it with 'npx ridgeline': the npm package 'node' then brings the right one.\n` +
      `If that still gives this message, packages were installed without their scripts: run 'npm rebuild node'.\n`,
  );
  process.exit(2);
}
module.enableCompileCache?.();
const isCompiled = existsSync(new URL('./src/cli/main.js', import.meta.url));
await import(isCompiled ? './src/cli/main.js' : './src/cli/main.ts');
