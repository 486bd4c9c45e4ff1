import { publicMembers } from '../../tools/throws';

const members = publicMembers();
const throwsOf = (name: string) => members.find((member) => member.name === name)!.throws;

/** What a docstring says itself, and what it says by "what `Egress` throws". */
function saidBy(said: string) {
  const others = [...said.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  return {
    itself: [...said.replace(/`[^`]*`/g, '').matchAll(/\b[A-Z][a-z]+[A-Z]\w*/g)].map(([word]) => word),
    elsewhere: others
      .filter((name) => members.some((member) => member.name === name))
      .flatMap((name) => Object.keys(throwsOf(name))),
  };
}

test.each(members.map((member) => [member.name, member] as const))('%s says what it throws', (_, { throws, said }) => {
  const { itself, elsewhere } = saidBy(said);
  const missing = Object.entries(throws).filter(([code]) => !itself.includes(code) && !elsewhere.includes(code));
  expect({ missing, wrong: itself.filter((code) => !(code in throws)) }).toEqual({ missing: [], wrong: [] });
});

test('knows what is thrown over constructors, statics, closures, implementations and bases', () => {
  const thrown = (name: string) => Object.keys(throwsOf(name));
  expect(thrown('EgressClient.namespace')).toEqual(['NameSyntax']);
  // Of a port's options, of an exit's class, and of a waypoint's.
  expect(thrown('Egress')).toEqual(expect.arrayContaining(['HeaderSyntax', 'UnaskedBytes', 'CaptureConflict']));
  expect(thrown('DedicatedEgressGateway')).toEqual(expect.arrayContaining(['HostsMissing', 'ExitInRootNamespace']));
  // Reported when all is there.
  expect(thrown('Egress')).not.toContain('DuplicateObject');
});
