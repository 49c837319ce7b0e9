/** Time, injected. */
export interface Clock {
  now(): Date;
}
