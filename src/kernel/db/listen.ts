import pg from 'pg';
import type { Logger } from '../log.js';

/** Delay before a lost connection is opened again (ms). */
const reopenMs = 1_000;

/**
 * Calls back for notifications of PostgreSQL, over a connection of its own that is opened again when it breaks. Who
 * listens must also look from time to time: notifications of the meantime are lost.
 */
export class Listener {
  private client: pg.Client | null = null;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param notified called for a notification on a channel, and for each channel when it is listened to (again) */
  constructor(
    private readonly url: string,
    private readonly channels: Iterable<string>,
    private readonly log: Logger,
    private readonly notified: (channel: string) => void,
  ) {}

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'open-card-requests listener',
      keepAlive: true,
    });
    client.on('notification', ({ channel }) => {
      this.notified(channel);
    });
    client.on('error', (error) => {
      this.reopen(client, error);
    });
    client.on('end', () => {
      this.reopen(client, new Error('the connection ended'));
    });
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`listen ${client.escapeIdentifier(channel)}`);
      for (const channel of this.channels) this.notified(channel);
    } catch (error) {
      this.reopen(client, error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private reopen(client: pg.Client, error: unknown): void {
    if (this.stopped || this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    this.log.warn({ err: error }, 'lost the connection for notifications; opening it again');
    this.timer = setTimeout(() => void this.start(), reopenMs);
  }
}
