// What the predictor hands on beside the requests that it attributes.
import type { SdiAssignment } from '#siov/host-event';
import type { RequesterTrack } from './requester-track.ts';
import type { Problem } from './seen-request.ts';

/** Something wrong that no single TLP shows. */
export interface Finding {
  readonly problem: Problem;
  readonly requester: RequesterTrack;
  readonly timePs: number;
  readonly expected: unknown;
  readonly seen: unknown;
}

/** The command in progress. */
export interface PendingCommand {
  readonly requester: RequesterTrack;
  readonly assignment: SdiAssignment | undefined;
}
