// A claim about the framework, with the test that shows it. docs/support-matrix is generated from the claims, so that it can
// say neither more nor less than what is tested. Source: issue "Done when"; semantics §1-6.

export interface Claim {
  /** `SEM-5.3`: section of the semantics page and a number in it. */
  readonly id: string;
  /** What is claimed, in a sentence a UVM user recognises. */
  readonly feature: string;
  /** `differs`: there, in another way, which `note` says. `no`: not there; `note` says why or what to use instead. */
  readonly support: 'yes' | 'differs' | 'no';
  readonly note?: string;
  /** Shows the claim; throws when it does not hold. Owed by 'yes' and 'differs'. */
  readonly verify?: () => void;
}

/** One chapter of the matrix. */
export interface ClaimChapter {
  /** `UVM phases`. */
  readonly title: string;
  /** `IEEE 1800.2-2020 clause 9; semantics §4`. */
  readonly source: string;
  readonly claims: readonly Claim[];
}
