/** Apps of tests are for no mesh: that they say nothing of it is no news. The test of the warning replaces this. */
const { emitWarning } = process;
process.emitWarning = ((message: string, options: { code?: string }, ...rest: unknown[]) => {
  if (options?.code !== 'MeshNotStated') (emitWarning as any).call(process, message, options, ...rest);
}) as typeof process.emitWarning;
