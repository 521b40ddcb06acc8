// Counts what ./test left in a folder of results and prints the budget, the failures and the last line.
//   node tools/count-tests.mjs FOLDER [--no-skip]
// FOLDER holds JUnit files of GoogleTest, node:test, Vitest (*.xml) and ctest (*.junit), and these tables with tabs:
//   cases.txt   passed|failed|skipped NAME      times.txt   NAME SECONDS BUDGET      broken.txt   NAME of a suite that failed
// --no-skip: a skipped case counts as failed. Exit code 1 if anything failed.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** The cases of a JUnit file: [{name, state}], state passed, failed or skipped. */
export function junitCases(xml) {
  const cases = [];
  for (const [, head, , body = ''] of xml.matchAll(/<testcase\b((?:[^>"']|"[^"]*"|'[^']*')*?)(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const attribute = (key) => head.match(new RegExp(`\\b${key}\\s*=\\s*"([^"]*)"`))?.[1];
    const children = body.replace(/<(system-out|system-err|properties)\b[\s\S]*?<\/\1>/g, '');
    let state = 'passed';
    if (/<(failure|error)\b/.test(children)) state = 'failed';
    else if (/<skipped\b/.test(children) || attribute('result') === 'skipped' || attribute('status') === 'notrun') state = 'skipped';
    cases.push({ name: [attribute('classname'), attribute('name')].filter(Boolean).join('.'), state });
  }
  return cases;
}

/**
 * A test executable that ctest calls failed but which reports no failed case of its own (it crashed, timed out or was not
 * built) is one failed case.
 */
export function crashed(ctest, reported) {
  return junitCases(ctest)
    .filter(({ state }) => state !== 'passed')
    .map(({ name }) => name.split('.').at(-1))
    .filter((name) => !(reported.get(`test_${name}`) ?? []).some(({ state }) => state === 'failed'))
    .map((name) => ({ name: `test_${name} (crashed or did not run)`, state: 'failed' }));
}

const table = (path) =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t')) : [];

/** All cases of a folder of results. */
export function collect(folder) {
  const cases = table(join(folder, 'cases.txt')).map(([state, name]) => ({ suite: '', name, state }));
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  const byFolder = new Map();
  for (const file of files.filter((f) => f.endsWith('.xml'))) {
    const found = junitCases(readFileSync(join(folder, file), 'utf8'));
    const at = dirname(file);
    byFolder.set(at, (byFolder.get(at) ?? new Map()).set(basename(file, '.xml'), found));
    cases.push(...found.map((one) => ({ suite: file.replace(/\.xml$/, ''), ...one })));
  }
  for (const file of files.filter((f) => f.endsWith('.junit'))) {
    const found = crashed(readFileSync(join(folder, file), 'utf8'), byFolder.get(dirname(file)) ?? new Map());
    cases.push(...found.map((one) => ({ suite: dirname(file), ...one })));
  }
  return cases;
}

if (process.argv[1] && basename(process.argv[1]) === 'count-tests.mjs') {
  const [folder, flag] = process.argv.slice(2);
  const cases = collect(folder);
  if (flag === '--no-skip') for (const one of cases) if (one.state === 'skipped') Object.assign(one, { state: 'failed', name: `${one.name} (skipped)` });
  const of = (state) => cases.filter((one) => one.state === state);
  const title = ({ suite, name }) => (suite ? `${suite}: ${name}` : name);
  for (const [name] of table(join(folder, 'broken.txt')))
    if (of('failed').length === 0) cases.push({ suite: '', name: `${name}: failed outside its cases`, state: 'failed' });

  console.log('\nstep                                    seconds   budget');
  for (const [name, seconds, budget] of table(join(folder, 'times.txt')))
    console.log(`${name.padEnd(38)} ${seconds.padStart(8)} ${budget.padStart(8)}${Number(seconds) > Number(budget) ? '   over' : ''}`);
  for (const one of of('skipped')) console.log(`skipped  ${title(one)}`);
  for (const one of of('failed')) console.log(`FAILED   ${title(one)}`);
  if (of('failed').length > 0) console.log(`logs in ${relative(process.cwd(), folder)}/`);
  console.log(`${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`);
  process.exit(of('failed').length > 0 || of('passed').length === 0 ? 1 : 0);
}
