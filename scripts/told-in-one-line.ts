/** Runs a command's work; what it throws is one line on standard error and exit code 1, never a stack trace. */
export const toldInOneLine = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    console.error(`ecs-reflex: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
};
