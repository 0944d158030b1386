// Why a run has no verdict: the codes of ERROR. Source: design, "Hang" and decision 8; DUT protocol, last table.

/**
 * `tb-hung`: a limit of simulated time; `run-hung`: of wall-clock time; `run-died`: the worker process ended;
 * `tb-exception`: the testbench threw; `tb-misuse`: the framework reported that the testbench uses it wrongly;
 * `solve-failed`: constraints without a solution; `dut-…`: the device.
 */
export type RunErrorCode =
  | 'tb-hung'
  | 'tb-exception'
  | 'tb-misuse'
  | 'solve-failed'
  | 'run-hung'
  | 'run-died'
  | 'dut-died'
  | 'dut-hung'
  | 'dut-protocol'
  | 'dut-fatal';

export class RunError extends Error {
  readonly code: RunErrorCode;
  /** What is known beside the message: who waits for what, a stack, standard error. */
  readonly detail: string;

  constructor(code: RunErrorCode, message: string, detail = '') {
    super(message);
    this.name = 'RunError';
    this.code = code;
    this.detail = detail;
  }
}
