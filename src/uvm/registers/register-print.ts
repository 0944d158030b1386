// A register model as a table that people read: blocks, registers with addresses and values, fields with bits, access and
// reset. Source: IEEE 1800.2 clause 18.1 (print).
import { hex } from '#base/bits';
import { exclusionOf } from './register-attributes.ts';
import type { RegisterBlock } from './register-block.ts';
import type { RegisterField } from './register-field.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterMemory } from './register-memory.ts';
import type { Register } from './register.ts';
import { wordText } from './word.ts';

/** One line per register, memory and field, with the names of nested elements relative to the block. */
export function printRegisters(block: RegisterBlock): string {
  const rows: string[][] = [['name', 'address', 'bits', 'access', 'reset', 'mirrored', 'notes']];
  for (const register of block.registers()) {
    rows.push(registerRow(register, block));
    for (const field of [...register.fields].reverse()) rows.push(fieldRow(field));
  }
  for (const memory of block.memories()) rows.push(memoryRow(memory, block));
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  return `${block.fullPath}\n${lines.join('\n')}\n`;
}

function registerRow(register: Register, block: RegisterBlock): string[] {
  return [
    register.fullPath.slice(block.fullPath.length + 1),
    addresses(register.allMaps, register),
    `${register.widthBits}`,
    '',
    '',
    wordText(register.mirrored, register.widthBits),
    exclusionOf(register, 'NO_REG_TESTS', 'NO_REG_BIT_BASH_TEST') ?? '',
  ];
}

function fieldRow(field: RegisterField): string[] {
  const reset = field.getReset();
  const notes = [
    field.isVolatile ? 'volatile' : '',
    field.isCompared || field.isVolatile ? '' : 'not compared',
    ...Object.values(field.attributes),
  ].filter((note) => note !== '');
  return [
    `  ${field.name}`,
    '',
    field.bits,
    field.policy.name,
    reset === undefined ? '-' : wordText(reset, field.width),
    wordText(field.of(field.parent.mirrored), field.width),
    notes.join('; '),
  ];
}

function memoryRow(memory: RegisterMemory, block: RegisterBlock): string[] {
  return [
    memory.fullPath.slice(block.fullPath.length + 1),
    addresses(memory.allMaps, memory),
    `${memory.size} x ${memory.wordBits}`,
    memory.access,
    '-',
    '',
    '',
  ];
}

function addresses(maps: readonly RegisterMap[], element: Register | RegisterMemory): string {
  return maps.map((map) => `${map.name} ${hex(map.addressOf(element), 3)}`).join(', ');
}
