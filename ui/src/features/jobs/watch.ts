import type { Backend } from '../../ipc/backend';
import type { JobView } from '../../ipc/bindings';

/** How often a running job is asked where it stands. */
export const POLL_MS = 150;

/**
 * Asks for a job until it no longer runs, and returns its end. `seen` gets every state. Stops
 * early, with null, when `stopped` says that nobody looks any more; the job itself goes on.
 */
export async function watchJob(
  backend: Pick<Backend, 'job'>,
  id: string,
  seen: (job: JobView) => void,
  stopped: () => boolean = () => false,
): Promise<JobView | null> {
  for (;;) {
    const job = await backend.job(id);
    if (stopped()) return null;
    seen(job);
    if (job.state !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (stopped()) return null;
  }
}
