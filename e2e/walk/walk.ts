import { round } from './round';
import { nameOf, Order, FLUX, stepsBetween } from './steps';
import { CallOptions } from '../world/call';
import { Mesh } from '../world/mesh';

/** Calls to make between two sets of manifests. */
export interface Calls {
  /** Granted in both: they never fail. */
  readonly granted: CallOptions[];
  /** Granted in neither: nothing of them ever gets out. */
  readonly refused: CallOptions[];
}

const title = ({ from, url, method = 'GET' }: CallOptions) => `${from} ${method} ${url}`;

/**
 * Goes from one set of manifests to another, object by object, and looks at each of the states between: whoever applies them may
 * stop anywhere, and proxies hear of them one by one.
 */
export class Walk {
  constructor(
    private readonly mesh: Mesh,
    private readonly calls: Calls,
  ) {}

  /** Looks, then one step after the other, each with settled proxies. @returns what went wrong, and after which step */
  async stepByStep(before: string[], after: string[], order: Order = FLUX): Promise<string[]> {
    const wrong = (await this.look()).map((what) => `before: ${what}`);
    const steps = stepsBetween(before, after, order);
    for (const [index, { action, document }] of steps.entries()) {
      if (action === 'apply') await this.mesh.apply(document);
      else await this.mesh.delete(document);
      await this.mesh.ready();
      await this.mesh.settled();
      const found = await this.look();
      wrong.push(...found.map((what) => `${index + 1} of ${steps.length}, ${action} ${nameOf(document)}: ${what}`));
    }
    return wrong;
  }

  /** All at once, then pruned, while calls are made all the time. @returns what went wrong */
  async atOnce(before: string[], after: string[], order: Order = FLUX): Promise<string[]> {
    const { granted, refused } = this.calls;
    const [works, never] = await Promise.all([this.mesh.watch(granted), this.mesh.watch(refused)]);
    const wrong: string[] = [];
    try {
      for (const { action, document } of stepsBetween(before, after, order)) {
        if (action === 'apply') await this.mesh.apply(document);
        else await this.mesh.delete(document);
      }
      await this.mesh.ready();
      await this.mesh.settled();
    } finally {
      const [working, forbidden] = await Promise.all([works.end(), never.end()]);
      const failures = Object.entries(working.outcomes).filter(([outcome]) => !/^(200|answered)$/.test(outcome));
      wrong.push(...failures.map(([outcome, count]) => `${count} of ${working.calls} granted calls: ${outcome}`));
      const out = forbidden.arrived.filter(({ kind }) => kind !== 'connection');
      wrong.push(...out.map(({ kind, server, port }) => `refused, and got out: ${kind} at ${server}:${port}`));
    }
    return [...wrong, ...(await this.look())];
  }

  /** Makes every call once. @returns those that came out wrong */
  async look(): Promise<string[]> {
    const { granted, refused } = this.calls;
    const outcomes = await round(this.mesh, [...granted, ...refused]);
    return outcomes.flatMap(({ call, works, gotOut, said }, index) => {
      if (index < granted.length) return works ? [] : [`${title(call)} is granted, and failed: ${said}`];
      return gotOut ? [`${title(call)} is refused, and got out: ${said}`] : [];
    });
  }
}
