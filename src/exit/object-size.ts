import { IConstruct } from 'constructs';
import { EgressError } from '../errors';
import { MOST_STORED, tooLarge } from '../mesh/stored-size';

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
