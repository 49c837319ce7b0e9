/** The busy slots by the time they finish: a binary heap in two typed arrays. */
export class Completions {
  private at = new Float64Array(1024);
  private slot = new Int32Array(1024);
  size = 0;

  /** When the next slot finishes, seconds; Infinity when none is busy. */
  nextAt(): number {
    return this.size > 0 ? (this.at[0] as number) : Infinity;
  }

  /** Which slot finishes next. */
  nextSlot(): number {
    return this.slot[0] as number;
  }

  push(at: number, slot: number): void {
    if (this.size === this.at.length) this.grow();
    let hole = this.size;
    this.size += 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((this.at[parent] as number) <= at) break;
      this.at[hole] = this.at[parent] as number;
      this.slot[hole] = this.slot[parent] as number;
      hole = parent;
    }
    this.at[hole] = at;
    this.slot[hole] = slot;
  }

  /** Drops the next one. */
  pop(): void {
    this.size -= 1;
    if (this.size > 0) this.sink(this.at[this.size] as number, this.slot[this.size] as number);
  }

  /** Drops the next one and adds another, in one pass. */
  replace(at: number, slot: number): void {
    this.sink(at, slot);
  }

  private sink(at: number, slot: number): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && (this.at[child + 1] as number) < (this.at[child] as number)) child += 1;
      if ((this.at[child] as number) >= at) break;
      this.at[hole] = this.at[child] as number;
      this.slot[hole] = this.slot[child] as number;
      hole = child;
    }
    this.at[hole] = at;
    this.slot[hole] = slot;
  }

  private grow(): void {
    const at = new Float64Array(this.at.length * 2);
    const slot = new Int32Array(this.at.length * 2);
    at.set(this.at);
    slot.set(this.slot);
    this.at = at;
    this.slot = slot;
  }
}
