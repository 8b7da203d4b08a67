// Reads pairs of files, one JSON array [name, base, head] a line; tells for each what api-smart-diff
// makes of it: silent, seen, breaking, or refused.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/node_modules/`);
const { apiCompare } = require('api-smart-diff');
const yaml = require('js-yaml');

const outcome = (base, head) => {
  try {
    const [before, after] = [base, head].map((file) => yaml.load(readFileSync(file, 'utf8')));
    const types = apiCompare(before, after).diffs.map((diff) => diff.type);
    if (types.length === 0) return 'silent';
    return types.includes('breaking') ? 'breaking' : 'seen';
  } catch {
    return 'refused';
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, base, head] = JSON.parse(line);
  console.log(JSON.stringify([name, outcome(base, head)]));
}
