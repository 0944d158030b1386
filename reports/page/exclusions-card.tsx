// Exclusions: what the percentages leave out and why; those that were dropped first, because their bins count again.
import type { VNode } from 'preact';
import { isDropped, type ExclusionRecord, type ExclusionState } from '#record/exclusion-record';
import { countText, nounText } from './format.ts';
import { Card } from './parts.tsx';
import { hrefOf } from './state.ts';
import type { Regression } from './unpack.ts';

const STATE_TEXTS: Readonly<Record<ExclusionState, string>> = {
  active: 'holds',
  expired: 'dropped: expired',
  changed: 'dropped: its bins changed',
  nothing: 'names no bin',
  suspicious: 'holds, was hit',
};

export function ExclusionsCard({
  regression: { exclusions },
}: {
  readonly regression: Regression;
}): VNode | null {
  const { list, excluded, dropped } = exclusions;
  if (list.length === 0) return null;
  const order = [...list].sort((a, b) => Number(isDropped(b)) - Number(isDropped(a)));
  return (
    <Card
      title="Exclusions"
      more={
        <>
          {dropped > 0 && <span class="text-ERROR">{countText(dropped)} dropped · </span>}
          <a href={hrefOf('coverage', { state: 'excluded' })}>
            {nounText(excluded, 'bin')} not counted
          </a>
        </>
      }
    >
      <div class="plain-scroll">
        <table class="plain" aria-label="Exclusions">
          <thead>
            <tr>
              <th>Bins</th>
              <th>State</th>
              <th class="is-number">Count</th>
              <th class="is-number">Hit</th>
              <th>Owner</th>
              <th>Until</th>
              <th>Reason</th>
            </tr>
          </thead>
          <tbody>
            {order.map((one) => (
              <ExclusionRow key={`${one.path} ${one.owner}`} {...one} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function ExclusionRow(exclusion: ExclusionRecord): VNode {
  const { path, state, reason, owner, expires, proof, bins, hit } = exclusion;
  const words = STATE_TEXTS[state];
  return (
    <tr>
      <td>
        <code>{path}</code>
      </td>
      <td>{state === 'active' ? words : <span class="tag warning">{words}</span>}</td>
      <td class="is-number">{countText(bins)}</td>
      <td class="is-number">{countText(hit)}</td>
      <td>{owner}</td>
      <td>{expires ?? <span class="muted">no end</span>}</td>
      <td class="reason">
        {reason}
        {proof !== undefined && <div class="muted">Proof: {proof}</div>}
      </td>
    </tr>
  );
}
