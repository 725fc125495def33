// Says how many tests passed and failed, out of vitest's JSON report and the exit status of the whole run. A run that failed otherwise
// (a check before the tests, an error between them, no test at all) counts as one failure, so that the line never looks green.
import { readFileSync } from 'node:fs';

const [, , file, status] = process.argv;
const { passed, failed } = counts(file);
const failures = failed === 0 && (status !== '0' || passed === 0) ? 1 : failed;
console.log(`${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function counts(report) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 }; // vitest never came to write it
  }
}
