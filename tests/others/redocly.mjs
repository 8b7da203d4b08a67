// Reads pairs of files, one JSON array [name, base, head] a line; tells for each what `redocly diff`
// makes of it: silent, seen, breaking, or refused. The command itself is started for each pair, in
// this one process: a process for each takes ten times as long.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const command = pathToFileURL(join(process.cwd(), 'node_modules/@redocly/cli/lib/index.js'));
const report = join(tmpdir(), `redocly-diff-${process.pid}.json`);
const told = (line) => process.stdout.write(`${line}\n`);
let ended = () => {};
process.stderr.write = () => true;
process.exit = (code) => ended(code);

const outcome = () => {
  if (!existsSync(report)) return 'refused';
  const { changes, summary } = JSON.parse(readFileSync(report, 'utf8'));
  if (changes.length === 0) return 'silent';
  return summary.major > 0 ? 'breaking' : 'seen';
};

let turn = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const [name, base, head] = JSON.parse(line);
  process.argv = [process.argv[0], 'redocly', 'diff', base, head, '--format=json', `-o=${report}`];
  rmSync(report, { force: true });
  const end = new Promise((resolve) => { ended = resolve; });
  await import(`${command}?${turn++}`);
  await end;
  told(JSON.stringify([name, outcome()]));
}
