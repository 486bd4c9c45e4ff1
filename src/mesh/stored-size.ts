import { IConstruct } from 'constructs';
import { EgressError, Problem } from '../errors';

/** How many characters an object may have, with room for metadata and for what is always there: etcd takes 1.5 MiB. */
export const MOST_STORED = 1_400_000;

/**
 * Says that Kubernetes would refuse an object. It does so of one by itself, while all others of the app are applied.
 *
 * @param fix Where what it holds can go instead
 */
export function tooLarge(what: string, characters: number, fix: string): Problem {
  return {
    what: `${what} would be larger than what Kubernetes stores`,
    given: `${characters} characters`,
    allowed: `${MOST_STORED}`,
    fix,
  };
}

/** Counts what declarations put into one object, so that the error can name the declaration that is too much. */
export class ObjectSize {
  private characters = 0;

  /**
   * @param what The object, as it stands in the error
   * @param fix Where the declarations can go instead
   */
  public constructor(
    private readonly what: string,
    private readonly fix: string,
  ) {}

  /** Adds so many characters for a declaration. @throws HostCount if the object would be too large */
  public add(declaredBy: IConstruct, characters: number): void {
    this.characters += characters;
    if (this.characters <= MOST_STORED) return;
    throw new EgressError('HostCount', declaredBy, tooLarge(this.what, this.characters, this.fix));
  }
}
