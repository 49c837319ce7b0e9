/** The switch that holds every write of every reaction. */

export interface Switching {
  readonly isPaused: boolean;
  /** Who switches, such as `slack:U0123456`. */
  readonly by: string;
  readonly at: Date;
}

/** `isNews` is false when the switch stood that way already; `pausedAt` is when the pause in question began, if that is known. */
export interface Switched {
  readonly isNews: boolean;
  readonly pausedAt: string | undefined;
  readonly pausedBy: string | undefined;
}

export interface PauseSwitch {
  turn(switching: Switching): Promise<Switched>;
}
