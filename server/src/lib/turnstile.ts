/** What asks to pass. */
export interface Entry {
  /** Whose it is: lanes take turns, and none takes more than its share. */
  readonly lane: string;
  /** What no two may be busy with at the same time; null: nothing. */
  readonly target: string | null;
  /** How much of the room it takes. */
  readonly weight: number;
  /** Whether it may stay long: only a part of the room is for those, so that the others never wait for them. */
  readonly long?: boolean;
}

export interface Room {
  /** How much passes at a time: in all, and of one lane. What is heavier passes when nothing else does. */
  readonly total: number;
  readonly lane: number;
  /** How many that stay long may be inside; absent: any number. */
  readonly long?: number;
  /** How many may wait: in all, and of one lane; and for how long. Milliseconds. */
  readonly waiting: number;
  readonly laneWaiting: number;
  readonly waitMs: number;
}

/** Nobody else can wait or wait any longer: because of what the same lane asks for, or because of all together. */
export class Turned extends Error {
  readonly because: 'lane' | 'all';

  constructor(because: 'lane' | 'all') {
    super(`no room: ${because}`);
    this.because = because;
  }
}

interface Waiting {
  readonly entry: Entry;
  readonly admit: () => void;
}

/**
 * Lets in as much at a time as there is room for. Who waits holds nothing: neither a connection nor memory. Lanes take turns, so that
 * somebody who asks a hundred times waits behind himself, and a single request of another behind one of his at most.
 */
export class Turnstile {
  readonly #room: Room;
  /** Lanes in the order of their next turns, each with who waits, the first first. */
  readonly #queues = new Map<string, Waiting[]>();
  readonly #inside = new Map<string, number>();
  readonly #busy = new Set<string>();
  #weight = 0;
  #long = 0;
  #waiting = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Does the work when there is room for it. @throws Turned */
  async pass<T>(entry: Entry, work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(entry);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Resolves when there is room, with what gives the room back; calling it again does nothing. @throws Turned */
  enter(entry: Entry): Promise<() => void> {
    if (this.#whoIsNext() === null && this.#fits(entry)) return Promise.resolve(this.#admit(entry));
    return this.#wait(entry);
  }

  #wait(entry: Entry): Promise<() => void> {
    const queue = this.#queues.get(entry.lane) ?? [];
    if (queue.length >= this.#room.laneWaiting) return Promise.reject(new Turned('lane'));
    if (this.#waiting >= this.#room.waiting) return Promise.reject(new Turned('all'));
    this.#queues.set(entry.lane, queue);
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const because = this.#isOwnFault(entry) ? 'lane' : 'all';
        this.#remove(entry.lane, waiting);
        reject(new Turned(because));
      }, this.#room.waitMs);
      const admit = () => {
        clearTimeout(timer);
        this.#remove(entry.lane, waiting);
        resolve(this.#admit(entry));
      };
      const waiting = { entry, admit };
      queue.push(waiting);
    });
  }

  #remove(lane: string, waiting: Waiting): void {
    const queue = this.#queues.get(lane) ?? [];
    queue.splice(queue.indexOf(waiting), 1);
    this.#waiting--;
    this.#queues.delete(lane);
    if (queue.length > 0) this.#queues.set(lane, queue); // its next turn is after all others'
  }

  #admit({ lane, target, weight, long = false }: Entry): () => void {
    this.#weight += weight;
    if (long) this.#long++;
    this.#inside.set(lane, (this.#inside.get(lane) ?? 0) + weight);
    if (target !== null) this.#busy.add(target);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      if (long) this.#long--;
      this.#leave(lane, target, weight);
    };
  }

  #leave(lane: string, target: string | null, weight: number): void {
    const left = (this.#inside.get(lane) ?? 0) - weight;
    if (left > 0) this.#inside.set(lane, left);
    else this.#inside.delete(lane);
    this.#weight -= weight;
    if (target !== null) this.#busy.delete(target);
    this.#next();
  }

  /** Lets in whoever's turn it is, while there is room. Who only waits for room in all is not passed by others, or the heavy would wait for ever. */
  #next(): void {
    for (let next = this.#whoIsNext(); next !== null && this.#fits(next.entry); next = this.#whoIsNext()) next.admit();
  }

  #whoIsNext(): Waiting | null {
    for (const queue of this.#queues.values()) {
      const next = queue.find(({ entry }) => !this.#isOwnFault(entry) && !this.#isTooLong(entry));
      if (next !== undefined) return next;
    }
    return null;
  }

  #fits(entry: Entry): boolean {
    return !this.#isOwnFault(entry) && !this.#isTooLong(entry) && (this.#weight === 0 || this.#weight + entry.weight <= this.#room.total);
  }

  #isTooLong({ long = false }: Entry): boolean {
    return long && this.#long >= (this.#room.long ?? Number.POSITIVE_INFINITY);
  }

  /** Whether it waits for its own lane, or for its target. */
  #isOwnFault({ lane, target, weight }: Entry): boolean {
    const inside = this.#inside.get(lane) ?? 0;
    return (target !== null && this.#busy.has(target)) || (inside > 0 && inside + weight > this.#room.lane);
  }
}
