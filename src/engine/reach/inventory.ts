import { callerShown, Way, wayOf } from './way';
import { ask } from '../ask';
import { Grounds, Inquiry, Material, Stated } from '../inquiry';
import { Answer, Call } from '../question';

/** Everything that leaves a mesh, by whom and how. */
export interface Inventory extends Grounds {
  readonly ways: Way[];
  /** Everybody who was asked for, also who reaches nothing. */
  readonly callers: string[];
  /** Asks for further calls in the same mesh. */
  readonly ask: (calls: Call[]) => Promise<Answer[]>;
}

/** So many answers are one text that can be read. */
const AT_ONCE = 10_000;

/**
 * Takes the inventory of manifests.
 *
 * @throws Error where there is nobody to ask for: an empty inventory would look like a closed mesh
 */
export async function takeInventory(material: Material, stated: Stated): Promise<Inventory> {
  const inquiry = new Inquiry(material, stated);
  const reply = await ask(inquiry.aboutAll(), inquiry.environment);
  const callers = (reply.callers ?? []).map(callerShown);
  if (callers.length === 0) {
    throw new Error('Nobody calls: the manifests hold no workload, and no policy that names a caller.');
  }
  const further = async (calls: Call[]) => {
    const answers: Answer[] = [];
    for (let start = 0; start < calls.length; start += AT_ONCE) {
      const some = calls.slice(start, start + AT_ONCE);
      answers.push(...(await ask(inquiry.about(...some), inquiry.environment)).answers);
    }
    return answers;
  };
  return { ways: (reply.inventory ?? []).map(wayOf), callers, ask: further, ...inquiry.grounds(reply) };
}
