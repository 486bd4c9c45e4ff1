import { Answer, Call, Hop } from '../../src/engine/question';
import { storyOf } from '../../src/engine/story';
import { toMarkdown, toText } from '../../src/engine/story-text';

const CALL: Call = { from: 'a/b', url: 'http://x.example' };
const SIDECAR: Hop = { kind: 'sidecar', pod: 'a/b', to: 'x.example:443' };
const OUT = { outside: true, host: 'x.example', port: 443, from: 'a/b', encryption: 'exit' } as const;

const told = (answer: Partial<Answer>, call = CALL) =>
  storyOf(call, { verdict: 'allowed', reason: 'why', hops: [SIDECAR], arrives: OUT, ...answer });
const way = (hop: Partial<Hop>) => told({ hops: [{ ...SIDECAR, ...hop }] }).steps[0].then;

test.each([
  [{ verified: true, serverName: 'x.example' }, 'the server has to prove that it is x.example'],
  [{}, 'nobody verifies who the server is'],
  [{ encryption: 'caller' }, "to verify the server is the caller's part"],
  [{ encryption: 'none' }, 'it is not encrypted: whoever is on the way can read and change it'],
] as const)('what somebody on the way can do: %j', (arrives, text) => {
  expect(told({ arrives: { ...OUT, ...arrives } }).outcome.join()).toContain(text);
});

test('bytes that nobody reads may be encrypted', () => {
  const call = { from: 'a/b', url: 'tcp://x.example:5432' };
  expect(told({ arrives: { ...OUT, encryption: 'none' } }, call).outcome.join()).toContain(
    'no proxy encrypts it: unless',
  );
});

test.each([
  [{ serverName: 'x.example' }, 'it accepts any certificate, whoever made it and whatever name it is for'],
  [
    { authority: 'file-root:system' },
    'it accepts every certificate that a CA that the system trusts signed, whatever name',
  ],
  [
    { authority: 'file-root:/etc/ca.pem', names: ['x.example'] },
    'only a certificate for x.example that a CA of the file /etc/ca.pem signed',
  ],
  [{ authority: 'kubernetes://ca-cacert', names: ['x.example'] }, 'that a CA of Secret ca-cacert signed'],
  [
    { certificate: 'kubernetes://mine', authority: 'ROOTCA', names: ['x'] },
    "it shows Secret mine; it accepts only a certificate for x that the mesh's own CA signed",
  ],
  [{ certificate: 'default', authority: 'ROOTCA' }, 'as the other side only whoever is of the mesh'],
  [{ certificate: 'default', authority: 'ROOTCA', names: ['spiffe://td/ns/e/sa/x'] }, 'only service account e/x'],
])('who verifies what: %j', (tls, text) => expect(way({ tls })).toContain(text));

test('what is refused, fails or depends says so, and what the caller gets', () => {
  const http = [{ ...SIDECAR, route: 'r' }];
  expect(told({ verdict: 'refused', status: 403, hops: http }).outcome).toEqual([
    'why',
    'the caller gets HTTP status 403',
  ]);
  expect(told({ verdict: 'refused' }).outcome).toEqual(['why', 'its connection is closed']);
  expect(told({ verdict: 'failed' }).outcome).toEqual(['nothing refuses it, and yet it does not get there: why']);
  expect(told({ verdict: 'depends' }).outcome).toEqual(['why']);
  expect(told({ verdict: 'refused' }).steps[0].then).toBe('here it ends: why');
});

test('what stays in the mesh says who is seen', () => {
  const arrives = { ...OUT, outside: false, pod: 'c/d', identity: 'spiffe://td/ns/a/sa/b' };
  expect(told({ arrives }).outcome).toEqual([
    'it stays in the mesh, and reaches c/d on port 443',
    'the workload is told that it comes from service account a/b',
  ]);
});

test('a gateway that does not know the caller says so', () => {
  const [, { who }] = told({ hops: [SIDECAR, { kind: 'gateway', pod: 'e/x' }] }).steps;
  expect(who).toBe('the gateway e/x receives it, and does not know from whom it comes');
});

test('names of others write neither to a terminal nor into Markdown', () => {
  const object = 'VirtualService/a/\u001b[2J@team `x` [l](http://e)\n# h';
  const story = told({
    reason: object,
    verdict: 'refused',
    hops: [{ ...SIDECAR, decided: [{ object, does: 'routes', file: object }] }],
  });
  const all = { story, assumptions: [object], problems: [{ code: 'invalid' as const, message: object, object }] };
  // eslint-disable-next-line no-control-regex
  expect(toText(all)).not.toMatch(/\u001b|^# h/m);
  const markdown = toMarkdown(all);
  expect(markdown).not.toMatch(/^# h/m);
  expect(markdown.replace(/`[^`\n]*`/g, '')).not.toMatch(/@team|(?<!\\)\[l|(?<!\\)`/);
});

test('of many problems, some are named', () => {
  const problems = Array.from({ length: 12 }, (_, line) => ({
    code: 'invalid' as const,
    message: `p${line}`,
    file: 'a.yaml',
    line,
  }));
  expect(toText({ story: told({}), assumptions: [], problems })).toMatch(/ {2}- a\.yaml:9: p9\n {2}- and 2 more\n/);
});
