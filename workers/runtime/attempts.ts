/**
 * Remembers which tasks were started and have not ended. The engine counts failures only if somebody reports them; a
 * task that kills its worker is never reported and would be handed out for ever.
 */
export interface AttemptStore {
  /**
   * Records that a worker starts tasks, before any handler runs.
   * @returns for each task that has any: how many starts by other workers never ended
   */
  begin(taskIds: readonly string[], workerId: string): Promise<ReadonlyMap<string, number>>;

  /**
   * Forgets every start of the task: its result has been reported, or is about to be. May be written a little later;
   * `flush` waits for it.
   */
  settle(taskId: string): void;

  /** Forgets this worker's start only: it ended without a result, for example because its lock was lost. */
  withdraw(taskId: string, workerId: string): void;

  /** Waits until everything settled or withdrawn so far has been written. */
  flush(): Promise<void>;
}

/** Keeps starts in this process: for workers without a database. It forgets with the process, so it counts no crash of it. */
export class InMemoryAttemptStore implements AttemptStore {
  private readonly starts = new Map<string, Set<string>>();

  begin(taskIds: readonly string[], workerId: string): Promise<ReadonlyMap<string, number>> {
    const crashes = new Map<string, number>();
    for (const taskId of taskIds) {
      const workers = this.starts.get(taskId) ?? new Set();
      const others = workers.size - (workers.has(workerId) ? 1 : 0);
      if (others > 0) crashes.set(taskId, others);
      this.starts.set(taskId, workers.add(workerId));
    }
    return Promise.resolve(crashes);
  }

  settle(taskId: string): void {
    this.starts.delete(taskId);
  }

  withdraw(taskId: string, workerId: string): void {
    const workers = this.starts.get(taskId);
    workers?.delete(workerId);
    if (workers?.size === 0) this.starts.delete(taskId);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
