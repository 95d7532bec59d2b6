/** Work that one process at a time does, across all servers. The numbers stand in one place, so that no two are the same. */
export const locks = {
  /** Any number of processes may start at once: one migrates, the others wait. */
  migration: 7_240_001,
  /** One server prepares engine and data, the others wait and find it done. */
  preparation: 7_240_002,
  /** Each deployment is judged among those before it. */
  deployment: 7_240_003,
  /** Held by the one server that seals at this moment. */
  sealing: 7_240_004,
  /** Two would make the same grant, which the engine refuses, or the older one would undo the newer. */
  reconciling: 7_240_005,
  /** Two administrators could otherwise take the last one's role from each other. */
  accounts: 7_240_006,
  /** Versions of card layouts are counted one after the other. */
  layouts: 7_240_007,
  /** Two servers would erase the same photos, which the application may not lock: it may not change them. */
  erasingPhotos: 7_240_008,
  /** Of several that start with another key, one puts it on record. */
  keyNotes: 7_240_009,
  /** Two administrators would make the same change, or one make it while another rejects it. */
  pendingChanges: 7_240_010,
  /** Two would make the same list of tasks, or the older one would undo the newer. */
  groups: 7_240_011,
} as const;

export type LockName = keyof typeof locks;
