/** How often a long property or race is tried: as the specification asks with `npm run test:full`, a sample otherwise. */
export function full(atFullLength: number, sample: number): number {
  return process.env['VERSIONER_TEST_FULL'] === '1' ? atFullLength : sample;
}
