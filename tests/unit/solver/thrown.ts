// What a call throws, for tests of messages.
import { UsageError } from '#base/assert';

/** The error of wrong use that `call` throws; any other error goes on. */
export function thrown(call: () => void): UsageError {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
