// The arrows of the design, checked: layers.json says which room may import which; dependency-cruiser reads the
// imports, type-only ones included. Source: design, "Rooms" and "Arrows".

/** One import: from a source file to a file or package. */
export interface ImportEdge {
  readonly from: string;
  /** Path from the project's root, or the name of a package or of a Node module. */
  readonly to: string;
  readonly isTypeOnly: boolean;
  readonly target: 'file' | 'npm' | 'node' | 'unresolved';
}

export interface Layers {
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  readonly npm: Readonly<Record<string, readonly string[]>>;
  readonly node: readonly string[];
  readonly modulesMin: number;
}

/** The room of a source file, or undefined for one that belongs to none (tests, tools). */
export function roomOf(path: string): string | undefined {
  if (path === 'ridgeline.config.ts') return 'config';
  if (path === 'src/index.ts') return 'index';
  const inSrc = /^src\/([^/]+)\//.exec(path);
  if (inSrc !== null) return inSrc[1];
  if (path.startsWith('sequences/items/')) return 'sequences/items';
  if (path.startsWith('tests/siov/')) return 'tests/siov';
  if (path.startsWith('reports/page/')) return 'reports/page';
  const top = /^(env|sequences|scoreboards|coverage|reports)\//.exec(path);
  return top === null ? undefined : top[1];
}

/** Every breach of the arrows, one sentence each, in the order of the edges; then every forbidden cycle. */
export function checkLayers(edges: readonly ImportEdge[], layers: Layers): string[] {
  const problems: string[] = [];
  for (const edge of edges) {
    const room = roomOf(edge.from);
    if (room === undefined) continue;
    const problem = checkEdge(edge, room, layers);
    if (problem !== undefined) problems.push(problem);
  }
  const files = edges.filter((edge) => edge.target === 'file' && roomOf(edge.from) !== undefined);
  for (const cycle of cyclesOf(files.filter((edge) => !edge.isTypeOnly))) {
    problems.push(`cycle of values: ${cycle.join(', ')}`);
  }
  for (const cycle of cyclesOf(files)) {
    if (new Set(cycle.map(roomOf)).size > 1)
      problems.push(`cycle across rooms: ${cycle.join(', ')}`);
  }
  return problems;
}

function checkEdge(edge: ImportEdge, room: string, layers: Layers): string | undefined {
  const says = `${edge.from} (${room}) imports ${edge.to}`;
  if (edge.target === 'unresolved') return `${says}, which is not found`;
  if (edge.target === 'node') {
    return layers.node.includes(room)
      ? undefined
      : `${says}: only ${layers.node.join(', ')} may use Node`;
  }
  if (edge.target === 'npm') {
    const name = packageOf(edge.to);
    const owners = layers.npm[name] ?? [];
    return owners.includes(room)
      ? undefined
      : `${says}: ${name} belongs to ${owners.join(', ') || 'no room'}`;
  }
  const allowed = layers.rooms[room];
  if (allowed === undefined) return `${edge.from}: room '${room}' is not in layers.json`;
  const target = roomOf(edge.to);
  if (target === undefined) return `${says}, which is in no room`;
  if (target === room || allowed.includes(target)) return undefined;
  if (allowed.includes(`${target}:type`)) {
    return edge.isTypeOnly ? undefined : `${says} (${target}): types only`;
  }
  return `${says} (${target}): not in layers.json`;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Strongly connected components of more than one file, or a file that imports itself (Tarjan's algorithm). */
function cyclesOf(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (node: string): number => {
    const mine = index.size;
    index.set(node, mine);
    let lowest = mine;
    stack.push(node);
    for (const to of next.get(node) ?? []) {
      if (!index.has(to)) lowest = Math.min(lowest, visit(to));
      else if (stack.includes(to)) lowest = Math.min(lowest, index.get(to) ?? mine);
    }
    low.set(node, lowest);
    if (lowest === mine) {
      const component = stack.splice(stack.indexOf(node));
      if (component.length > 1 || (next.get(node) ?? []).includes(node))
        cycles.push(component.sort());
    }
    return lowest;
  };
  for (const node of [...next.keys()].sort()) if (!index.has(node)) visit(node);
  return cycles;
}
