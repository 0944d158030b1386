// Prints what packet.ts has drawn and counted: `npx node show-packet.mjs`.
import { lines } from './packet.ts';

process.stdout.write(`${lines.join('\n')}\n`);
