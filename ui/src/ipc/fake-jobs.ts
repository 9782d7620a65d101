/** Long work that only takes time. */
import type { JobResult, JobView, UserError } from './bindings';

interface FakeJob {
  stages: string[];
  started: number;
  cancelled: boolean;
  units: number;
  finish: () => JobResult;
  result: JobResult | null;
}

export class FakeJobs {
  private readonly jobs = new Map<string, FakeJob>();

  /** Every job takes so long, and ends with an error if there is one. */
  constructor(
    private readonly jobMs: number,
    private readonly fails: UserError | null = null,
  ) {}

  /** Begins a job of so many units a stage; `finish` is called once, at its end. */
  start(stages: string[], units: number, finish: () => JobResult): string {
    const id = `job-${this.jobs.size + 1}`;
    const started = Date.now();
    this.jobs.set(id, { stages, started, cancelled: false, units, finish, result: null });
    return id;
  }

  cancel(id: string): void {
    const job = this.jobs.get(id);
    if (job) job.cancelled = true;
  }

  /** Where a job stands; undefined for one that there is not. */
  view(id: string): JobView | undefined {
    const job = this.jobs.get(id);
    if (!job) return undefined;
    const share = Math.min(1, (Date.now() - job.started) / this.jobMs);
    const at = Math.min(job.stages.length - 1, Math.floor(share * job.stages.length));
    const inStage = Math.min(1, share * job.stages.length - at);
    const view: JobView = {
      id,
      stage: job.stages[at] ?? '',
      done: inStage * job.units,
      total: inStage < 0.1 ? null : job.units,
      eta_s: inStage < 0.2 ? null : ((1 - inStage) * this.jobMs) / 1000 / job.stages.length,
      state: 'running',
      result: null,
      error: null,
    };
    if (job.cancelled) return { ...view, state: 'cancelled' };
    if (share < 1) return view;
    if (this.fails) return { ...view, state: 'failed', error: this.fails };
    job.result ??= job.finish();
    return { ...view, state: 'done', result: job.result };
  }
}
