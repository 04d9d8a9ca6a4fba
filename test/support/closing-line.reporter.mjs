/** The last line of a run, alone on its line: `N passed, N failed`. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests }) {
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
    // After the default reporter's own summary.
    process.on('exit', () => {
      process.stdout.write(
        `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}\n`,
      );
    });
  }
}
