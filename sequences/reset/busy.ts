// Whether there is work under way now: what happens to the functions or to the device is worth most then.
import type { SiovEnv } from '#env/siov-env';
import { span } from '#solver/domain';

/** 0: at any time; else only with work under way. */
export const busyDomain = span(0, 3);

/** @param when a value of `busyDomain`. */
export function isWhen(env: SiovEnv, when: number): boolean {
  return (
    when === 0 || env.tenants.some(({ queue }) => queue?.phase === 'enabled' && queue.owed > 0)
  );
}
