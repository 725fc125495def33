// Says how many tests passed and failed, out of vitest's JSON reports and the exit status of each whole run, given in pairs. A run that
// failed otherwise (a check before the tests, an error between them, no test at all) counts as one failure, so that the line never looks green.
import { readFileSync } from 'node:fs';

const runs = [];
for (let at = 2; at < process.argv.length; at += 2) runs.push(countsOf(process.argv[at], process.argv[at + 1]));
const [passed, failed] = ['passed', 'failed'].map((which) => runs.reduce((sum, run) => sum + run[which], 0));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function countsOf(file, status) {
  const { passed, failed } = counts(file);
  return { passed, failed: failed === 0 && (status !== '0' || passed === 0) ? 1 : failed };
}

function counts(report) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 }; // vitest never came to write it
  }
}
