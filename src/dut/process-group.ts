// Ends a process with everything in its group. Source: dependencies, "Workers"; issue "any device" (no orphan process).

/** What is no reason to fail: the group has gone already, or what is left of it belongs to somebody else. */
const NOT_OURS = ['ESRCH', 'EPERM'];

/** Kills the group of process `leader` at once; harmless when it has gone, and for 0. */
export function endGroup(leader: number): void {
  if (leader === 0) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!NOT_OURS.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
