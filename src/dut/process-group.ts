// Ends a process with everything in its group. Source: dependencies, "Workers"; issue "any device" (no orphan process).

/** Kills the group of process `leader` at once; harmless when it has gone, and for 0. */
export function endGroup(leader: number): void {
  if (leader === 0) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // The group has gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
