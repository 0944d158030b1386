// Holds the arrows of layers.json against the imports of the project, and the checker against planted breaches.
import { readFileSync } from 'node:fs';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { describe, expect, it } from 'vitest';
import { checkLayers, type ImportEdge, type Layers } from './layers.ts';

const layers = JSON.parse(readFileSync('layers.json', 'utf8')) as Layers;
const FOLDERS = ['src', 'env', 'sequences', 'scoreboards', 'coverage', 'reports', 'tests/siov'];

async function readImports(): Promise<{ moduleCount: number; edges: ImportEdge[] }> {
  const result = await cruise(
    [...FOLDERS, 'ridgeline.config.ts'],
    {
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
      tsConfig: { fileName: 'tsconfig.json' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'types', 'node'],
      },
    },
    undefined,
    { tsConfig: extractTSConfig('tsconfig.json') },
  );
  const { modules } = result.output as ICruiseResult;
  const sources = modules.filter((module) =>
    FOLDERS.some((folder) => module.source.startsWith(`${folder}/`)),
  );
  const edges = sources.flatMap((module) =>
    module.dependencies.map((dependency): ImportEdge => {
      const types = dependency.dependencyTypes as readonly string[];
      return {
        from: module.source,
        to: types.some((type) => type.startsWith('npm')) ? dependency.module : dependency.resolved,
        isTypeOnly: types.includes('type-only'),
        target: targetOf(types, dependency.couldNotResolve),
      };
    }),
  );
  return { moduleCount: sources.length, edges };
}

function targetOf(types: readonly string[], couldNotResolve: boolean): ImportEdge['target'] {
  if (types.includes('core')) return 'node';
  if (types.some((type) => type.startsWith('npm'))) return 'npm';
  return couldNotResolve ? 'unresolved' : 'file';
}

describe('the arrows of layers.json', () => {
  it('hold for every import of the project, seen in enough modules', async () => {
    const { moduleCount, edges } = await readImports();
    expect(moduleCount).toBeGreaterThanOrEqual(layers.modulesMin);
    expect(edges.length).toBeGreaterThan(moduleCount);
    expect(edges.some((edge) => edge.isTypeOnly)).toBe(true);
    expect(checkLayers(edges, layers)).toEqual([]);
  });
});

describe('the checker of the arrows', () => {
  const edge = (from: string, to: string, more: Partial<ImportEdge> = {}): ImportEdge => ({
    from,
    to,
    isTypeOnly: false,
    target: 'file',
    ...more,
  });

  it.each([
    [
      edge('scoreboards/a.ts', 'src/device/b.ts'),
      'scoreboards/a.ts (scoreboards) imports src/device/b.ts (device): not in layers.json',
    ],
    [
      edge('env/a.ts', 'src/dut/dut-port.ts'),
      'env/a.ts (env) imports src/dut/dut-port.ts (dut): types only',
    ],
    [
      edge('src/uvm/a.ts', 'node:fs', { target: 'node' }),
      'src/uvm/a.ts (uvm) imports node:fs: only cli, run, dut may use Node',
    ],
    [
      edge('src/uvm/a.ts', 'seedrandom', { target: 'npm' }),
      'src/uvm/a.ts (uvm) imports seedrandom: seedrandom belongs to random',
    ],
    [
      edge('src/base/a.ts', '@noble/curves/x.js', { target: 'npm' }),
      'src/base/a.ts (base) imports @noble/curves/x.js: @noble/curves belongs to no room',
    ],
    [edge('src/new/a.ts', 'src/base/b.ts'), "src/new/a.ts: room 'new' is not in layers.json"],
    [
      edge('src/run/a.ts', 'tests/unit/b.ts'),
      'src/run/a.ts (run) imports tests/unit/b.ts, which is in no room',
    ],
    [
      edge('src/run/a.ts', './gone.ts', { target: 'unresolved' }),
      'src/run/a.ts (run) imports ./gone.ts, which is not found',
    ],
  ])('reports %o', (planted, message) => {
    expect(checkLayers([planted], layers)).toEqual([message]);
  });

  it('allows what layers.json allows', () => {
    const legal = [
      edge('env/a.ts', 'src/dut/dut-port.ts', { isTypeOnly: true }),
      edge('src/uvm/a.ts', 'src/kernel/b.ts'),
      edge('src/uvm/a.ts', 'src/uvm/b.ts'),
    ];
    expect(checkLayers(legal, layers)).toEqual([]);
  });

  it('reports cycles of values in a room, and allows cycles of types there', () => {
    const there = edge('src/uvm/a.ts', 'src/uvm/b.ts');
    const back = edge('src/uvm/b.ts', 'src/uvm/a.ts');
    expect(checkLayers([there, back], layers)).toEqual([
      'cycle of values: src/uvm/a.ts, src/uvm/b.ts',
    ]);
    expect(checkLayers([there, { ...back, isTypeOnly: true }], layers)).toEqual([]);
  });
});
