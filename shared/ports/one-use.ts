/** Things that count once, however often they come. */
export interface OneUse {
  /** Whether this is the first time; remembered until then at least. */
  take(key: string, until: Date): Promise<boolean>;
}
