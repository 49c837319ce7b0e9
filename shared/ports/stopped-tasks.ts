/** Tasks that stopped lately, as the platform still remembers them. */

/** A stopped task, whole, with its dates as text: the same fields as in the event that told of it. */
export type StoppedTask = Readonly<Record<string, unknown>>;

export interface StoppedTasks {
  /** Tasks of the cluster that stopped between these instants. */
  between(cluster: string, from: Date, to: Date): Promise<readonly StoppedTask[]>;
}
