/** Apps of tests are for no mesh, and install nothing: that they do not say so is no news. The tests of the warnings replace this. */
const SILENT = ['MeshNotStated', 'InstallationNotWritten'];
const { emitWarning } = process;
process.emitWarning = ((message: string, options: { code?: string }, ...rest: unknown[]) => {
  if (!SILENT.includes(options?.code ?? '')) (emitWarning as any).call(process, message, options, ...rest);
}) as typeof process.emitWarning;
