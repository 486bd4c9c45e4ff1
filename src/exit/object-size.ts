import { IConstruct } from 'constructs';
import { EgressError } from '../errors';

/**
 * Estimated size that declarations may come to in one object, in characters of JSON: etcd stores 1.5 MiB, and metadata and the
 * constant part need some of it.
 */
const MAX_CHARACTERS = 1_400_000;

/** Adds up an estimate of what declarations put into one object: Kubernetes refuses an object that is too large as a whole. */
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
    if (this.characters <= MAX_CHARACTERS) return;
    throw new EgressError('HostCount', declaredBy, {
      what: `${this.what} would be larger than what Kubernetes stores`,
      given: `${this.characters} characters`,
      allowed: `${MAX_CHARACTERS}`,
      fix: this.fix,
    });
  }
}
