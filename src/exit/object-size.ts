import { IConstruct } from 'constructs';
import { EgressError } from '../errors';

/** What an object may hold, with room for metadata and for what is always there: etcd takes 1.5 MiB. */
const MAX_CHARACTERS = 1_400_000;

/** Counts what declarations put into one object: Kubernetes refuses it as a whole when it is too large. */
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
