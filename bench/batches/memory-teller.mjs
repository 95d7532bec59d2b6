/** Loaded into a process before its program: appends its memory to `BENCH_MEMORY/<pid>` ten times a second (time, bytes of RSS and heap). */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env['BENCH_MEMORY'];
if (folder !== undefined) {
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    appendFileSync(join(folder, String(process.pid)), `${Date.now()} ${rss} ${heapUsed}\n`);
  }, 100).unref();
}
