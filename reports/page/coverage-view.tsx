// Coverage: covergroups and their items at the left, bins at the right, holes first; a cross also as a heat map.
import type { VNode } from 'preact';
import { percentText } from '#record/percent-text';
import { BinList, type Selected } from './bin-list.tsx';
import type { ItemBins } from './bin-table.ts';
import { CrossMap } from './cross-map.tsx';
import { countText, nounText } from './format.ts';
import { Empty, PercentBar } from './parts.tsx';
import { hrefOf, pageState, params } from './state.ts';

export function CoverageView(): VNode {
  const { regression } = pageState();
  if (regression.groups.length === 0) {
    return <Empty title="No coverage">The tests of this regression sampled no covergroup.</Empty>;
  }
  const { group: type, item: name } = params.value;
  const group = regression.groups.find((one) => one.type === type);
  const item = group?.items.find((one) => one.name === name);
  return (
    <div class="view split">
      <GroupTree regression={regression} group={group} item={item} />
      <div class="main">
        <Selection group={group} item={item} />
        <BinList regression={regression} group={group} item={item} />
      </div>
    </div>
  );
}

/** Address of a group or item with the other filters as they are. */
function selectionHref(group: string | undefined, item: string | undefined): string {
  const { state, q, sort } = params.value;
  return hrefOf('coverage', { group, item, state, q, sort });
}

function GroupTree({ regression: { groups, percent }, group, item }: Selected): VNode {
  return (
    <nav class="tree" aria-label="Covergroups">
      <a
        class="tree-row is-all"
        href={selectionHref(undefined, undefined)}
        aria-current={group === undefined || undefined}
      >
        <span>All covergroups</span>
        <PercentBar percent={percent} />
      </a>
      {groups.map((one) => (
        <div key={one.type}>
          <a
            class="tree-row is-group"
            href={selectionHref(one.type, undefined)}
            aria-current={(one === group && item === undefined) || undefined}
            title={`${one.type}: ${one.covered} of ${one.bins} bins`}
          >
            <span>{one.type}</span>
            <PercentBar percent={one.percent} />
          </a>
          {one === group &&
            one.items.map((it) => (
              <a
                key={it.name}
                class="tree-row is-item"
                href={selectionHref(one.type, it.name)}
                aria-current={it === item || undefined}
                title={`${it.kind} ${it.name}: ${it.covered} of ${it.bins} bins`}
              >
                <span>
                  {it.kind === 'cross' && <i class="cross-mark">×</i>}
                  {it.name}
                </span>
                <PercentBar percent={it.percent} />
              </a>
            ))}
        </div>
      ))}
    </nav>
  );
}

function Selection({ group, item }: Omit<Selected, 'regression'>): VNode | null {
  const { bins } = pageState();
  if (group === undefined) return null;
  if (item === undefined) {
    const { type, percent, covered, bins: total, samples, weight } = group;
    return (
      <header class="selection">
        <h2>{type}</h2>
        <strong>{percentText(percent)}</strong>
        <span>
          {countText(covered)} of {nounText(total, 'bin')}
        </span>
        <span>sampled {nounText(samples, 'time')}</span>
        <span>weight {weight}</span>
      </header>
    );
  }
  const own = bins.of(item);
  if (own === undefined) return null;
  const excluded = own.size - own.illegalSize - item.bins;
  return (
    <>
      <header class="selection">
        <h2>
          {group.type}.{item.name}
        </h2>
        <strong>{percentText(item.percent)}</strong>
        <span>
          {countText(item.covered)} of {nounText(item.bins, 'bin')}
        </span>
        <span>at least {nounText(item.atLeast, 'hit')} each</span>
        <span>weight {item.weight}</span>
        {own.defaultCount > 0 && (
          <span>default bin {nounText(own.defaultCount, 'hit')}, not counted</span>
        )}
        {own.excludedCount > 0 && <span>{nounText(own.excludedCount, 'tuple')} not counted</span>}
        {excluded > 0 && <span>{nounText(excluded, 'bin')} excluded</span>}
        {own.illegalCount > 0 && (
          <span class="text-FAIL">{nounText(own.illegalCount, 'hit')} of illegal bins</span>
        )}
        <Depth bins={own} />
      </header>
      {item.kind === 'cross' && <CrossMap key={`${group.type}.${item.name}`} bins={own} />}
    </>
  );
}

const DEPTHS = [
  'never hit',
  '1 to 9 hits',
  '10 to 99 hits',
  '100 to 999 hits',
  '1000 hits or more',
];

/** How deep the bins are hit, as one bar: how many of them never, 1 to 9, 10 to 99 … times. */
function Depth({ bins }: { readonly bins: ItemBins }): VNode | null {
  if (bins.item.bins === 0) return null;
  const counts = DEPTHS.map(() => 0);
  for (let index = 0; index < bins.size; index++) {
    const state = bins.state(index);
    if (state !== 'illegal' && state !== 'excluded') counts[depthOf(bins.count(index))]++;
  }
  const words = DEPTHS.map((depth, at) => `${nounText(counts[at], 'bin')} ${depth}`);
  return (
    <span class="depth" role="img" aria-label={`Hit depth: ${words.join(', ')}`}>
      {counts.map((count, at) =>
        count === 0 ? null : (
          <span
            key={DEPTHS[at]}
            class={`depth-${at}`}
            style={{ flexGrow: count }}
            title={words[at]}
          />
        ),
      )}
    </span>
  );
}

function depthOf(count: number): number {
  return count === 0 ? 0 : Math.min(DEPTHS.length - 1, Math.floor(Math.log10(count)) + 1);
}
