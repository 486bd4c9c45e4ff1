import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { EgressError } from '../errors';
import { Options } from '../options';

/**
 * Who answers for what a declaration lets out, and until when. It changes nothing about calls: it is for whoever reviews them.
 *
 * It stands in the annotations `cdk8s-istio-egress/owner`, `/reason`, `/ticket` and `/expires` of the objects that are made for the
 * hosts, in the clients' namespaces and beside the exit. Where several declarations share an object, as two teams share the route
 * beside the exit to one host, it says what each of them says, sorted, with "; " between them, and the earliest end. What belongs
 * to no host, such as the exit itself or the policy of a client namespace, says nothing.
 */
export interface Accountability {
  /**
   * Who answers for it, as a team or an address; of at most 253 characters.
   * @default - nobody is named
   */
  readonly owner?: string;

  /**
   * What it is for; of at most 1,000 characters.
   * @default - no reason is given
   */
  readonly reason?: string;

  /**
   * Where it was decided, as the number or the URL of a ticket; of at most 253 characters.
   * @default - no ticket is named
   */
  readonly ticket?: string;

  /**
   * The day from which on it is no longer wanted, as "2027-01-31". Nothing closes by itself on that day, and nothing that this
   * library makes depends on the day on which it runs: `Egress.report` has it for whoever asks.
   * @default - it does not end
   */
  readonly expires?: string;
}

/** The options of this struct, and the kind of value that each takes. */
export const ACCOUNTABILITY: Options<Accountability> = {
  owner: 'text',
  reason: 'text',
  ticket: 'text',
  expires: 'text',
};

/**
 * The longest texts. Kubernetes takes 256 KiB for all annotations of an object, which others write as well.
 * @see TotalAnnotationSizeLimitB in kubernetes/apimachinery, pkg/api/validation
 */
const LONGEST = { owner: 253, reason: 1000, ticket: 253 };

/** The longest value of an annotation that several declarations write together; what is more is counted. */
const LONGEST_TOGETHER = 2000;

/** What ends a line, is no character, or has others shown in another order than they stand in. */
const NOT_SHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** @throws AccountabilitySyntax */
export function checkAccountability(scope: Construct, given: Accountability): Accountability {
  const { owner, reason, ticket, expires } = given;
  return {
    owner: checkText(scope, 'owner', owner),
    reason: checkText(scope, 'reason', reason),
    ticket: checkText(scope, 'ticket', ticket),
    expires: checkDay(scope, expires),
  };
}

function checkText(scope: Construct, field: keyof typeof LONGEST, text?: string): string | undefined {
  if (text === undefined) return undefined;
  const isShort = text.length > 0 && text.length <= LONGEST[field];
  if (isShort && text.trim() === text && !NOT_SHOWN.test(text)) return text;
  throw new EgressError('AccountabilitySyntax', scope, {
    what: `\`${field}\` is no text that an annotation and a report can show as it is`,
    given: text,
    allowed: `one line of 1 to ${LONGEST[field]} characters, without white space at its ends, control characters and those that change the direction of writing`,
    fix: `correct \`${field}\`, or leave it out`,
  });
}

function checkDay(scope: Construct, day?: string): string | undefined {
  if (day === undefined || isDay(day)) return day;
  throw new EgressError('AccountabilitySyntax', scope, {
    what: '`expires` is no day',
    given: day,
    allowed: 'a day of the calendar as YYYY-MM-DD, such as "2027-01-31"',
    fix: 'correct `expires`, or leave it out',
  });
}

/** Whether there is such a day: February 30 would come out as another one. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The annotations of objects that several declarations share. */
export class SharedAccountability {
  private readonly said: Accountability[] = [];

  /** Takes in what one more declaration says. */
  public add(accountability: Accountability): void {
    this.said.push(accountability);
  }

  /** Writes it on objects, in place of what stood there. */
  public write(objects: Iterable<ApiObject | undefined>): void {
    const annotations = Object.entries(this.annotations);
    for (const object of objects) {
      for (const [name, value] of annotations) object?.metadata.addAnnotation(name, value);
    }
  }

  private get annotations(): { [name: string]: string } {
    const annotations: { [name: string]: string } = {};
    for (const field of Object.keys(ACCOUNTABILITY) as (keyof Accountability)[]) {
      const values = [...new Set(this.said.flatMap((said) => said[field] ?? []))].sort();
      if (values.length > 0) {
        annotations[`cdk8s-istio-egress/${field}`] = field === 'expires' ? values[0] : together(values);
      }
    }
    return annotations;
  }
}

/** As many of the texts as one annotation takes, and how many more there are. */
function together(texts: string[]): string {
  let shown = texts.length;
  while (texts.slice(0, shown).join('; ').length > LONGEST_TOGETHER) shown -= 1;
  const more = texts.length - shown;
  return [...texts.slice(0, shown), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** What one declaration says, on objects that are its own. */
export function writeAccountability(accountability: Accountability | undefined, objects: ApiObject[]): void {
  if (!accountability) return;
  const own = new SharedAccountability();
  own.add(accountability);
  own.write(objects);
}
