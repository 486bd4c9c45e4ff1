import { examples, stage } from './examples';
import { Mesh } from '../world/mesh';

const mesh = Mesh.attach();

/** Messages of `istioctl analyze` that an example may cause: the exact line, and why it is right here. */
const REASONS: Record<string, { line: string; reason: string }[]> = {};

/** The lines that `istioctl analyze` prints beyond "all is well" and those with a reason. */
function unexplained(example: string, output: string): string[] {
  const known = (REASONS[example] ?? []).map(({ line }) => line);
  return output
    .split('\n')
    .filter(
      (line) => line.trim() && !/^\s*✔ No validation issues found when analyzing (all namespaces|-)\.$/.test(line),
    )
    .filter((line) => !known.includes(line));
}

describe.each(examples())('$name', (example) => {
  const text = example.documents.join('\n---\n');

  beforeAll(async () => stage(mesh, example));
  afterAll(async () => mesh.reset());

  it('is accepted by kube-apiserver with the real CRDs, without a warning', async () => {
    const flags = ['--server-side', '--field-manager=another', '--force-conflicts', '--dry-run=server', '-f', '-'];
    const { stdout, stderr } = await mesh.kubectl(['apply', ...flags], { input: text });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(example.documents.length);
  });

  it('changes nothing when it is applied again', async () => {
    const versions = async () => {
      const query = [
        'get',
        '-f',
        '-',
        '-o',
        'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}',
      ];
      return (await mesh.kubectl(query, { input: text })).stdout;
    };
    const before = await versions();
    await mesh.apply(text);
    expect(await versions()).toBe(before);
  });

  it('passes istioctl validate', async () => {
    const { code, stdout, stderr } = await mesh.istioctl(['validate', '-f', '-'], text);
    expect({ code, stdout: stdout.trim(), stderr: stderr.trim() }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'validation succeed',
    });
  });

  it.each([
    ['in the cluster', ['analyze', '-A'], ''],
    ['offline', ['analyze', '-A', '--use-kube=false', '-'], text],
  ])('leaves istioctl analyze silent %s', async (_, args, input) => {
    const { stdout, stderr } = await mesh.istioctl(args, input);
    expect(unexplained(example.name, stdout + stderr)).toEqual([]);
  });
});
