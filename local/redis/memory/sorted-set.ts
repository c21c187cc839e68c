/** A bound of a range of scores. */
export type Bound = { score: number; exclusive: boolean };

/** Members by score, and by their bytes where scores are equal. */
export class SortedSet {
  readonly #scores = new Map<string, number>();
  readonly #order: string[] = [];

  get size(): number {
    return this.#order.length;
  }

  scoreOf(member: string): number | undefined {
    return this.#scores.get(member);
  }

  rankOf(member: string): number | undefined {
    const score = this.#scores.get(member);
    return score === undefined ? undefined : this.#positionOf(member, score);
  }

  put(member: string, score: number): void {
    this.remove(member);
    this.#order.splice(this.#positionOf(member, score), 0, member);
    this.#scores.set(member, score);
  }

  remove(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#order.splice(this.#positionOf(member, score), 1);
    return this.#scores.delete(member);
  }

  /** Members from one rank up to but not including another. */
  slice(from: number, to: number): string[] {
    return this.#order.slice(from, to);
  }

  /** The ranks between two scores, as `slice` takes them. */
  ranksBetween(min: Bound, max: Bound): [from: number, to: number] {
    return [
      this.#firstRank((score) => (min.exclusive ? score > min.score : score >= min.score)),
      this.#firstRank((score) => (max.exclusive ? score >= max.score : score > max.score)),
    ];
  }

  #positionOf(member: string, score: number): number {
    return this.#first((other, otherScore) => {
      return otherScore > score || (otherScore === score && compareBytes(other, member) >= 0);
    });
  }

  #firstRank(accepts: (score: number) => boolean): number {
    return this.#first((_member, score) => accepts(score));
  }

  #first(accepts: (member: string, score: number) => boolean): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const member = this.#order[middle] ?? "";
      if (accepts(member, this.#scores.get(member) ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function compareBytes(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}
