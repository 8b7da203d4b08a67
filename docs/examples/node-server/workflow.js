// Workflows: a little YAML (block maps and lists, flow maps, scalars) and three kinds of steps.

import { setTimeout as sleep } from 'node:timers/promises';

const TRANSFORMS = {
  identity: (text) => text,
  uppercase: (text) => text.toUpperCase(),
  lowercase: (text) => text.toLowerCase(),
  trim: (text) => text.trim(),
};

const STEPS = {
  transform: ({ op }) => TRANSFORMS[op],
  guard: ({ check }) =>
    check === 'not_empty' &&
    ((text) => {
      if (text === '') throw new Error('The guard refused an empty input.');
      return text;
    }),
  delay: ({ duration_ms: ms }) =>
    /^\d+$/.test(ms) &&
    (async (text) => {
      await sleep(Number(ms));
      return text;
    }),
};

// Make what a revision runs, the first of the texts; throw an Error that says what is wrong.
export function compile(workflowYamls) {
  const programs = workflowYamls.map((text) => {
    const { name, steps } = parsed(text);
    if (typeof name !== 'string' || !Array.isArray(steps)) {
      throw new Error('A workflow has a name and a list of steps.');
    }
    return { name, steps: steps.map(checkedStep) };
  });
  return programs[0];
}

export async function execute(program, input) {
  let text = input;
  for (const step of program.steps) text = await prepared(step)(text);
  return text;
}

function checkedStep(step) {
  if (!prepared(step)) throw new Error(`Step '${step?.id}' of type '${step?.type}' is unknown.`);
  return step;
}

function prepared(step) {
  const make = Object.hasOwn(STEPS, step?.type ?? '') ? STEPS[step.type] : () => null;
  return make(step?.parameters ?? {});
}

function parsed(text) {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() && !line.trim().startsWith('#'))
    .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  const value = lines.length ? block(lines) : {};
  if (lines.length) throw new Error(`'${lines[0].text}' is not indented as what it belongs to.`);
  return value;
}

// Take the lines of one block off the front and return its value.
function block(lines) {
  const { indent, text: first } = lines[0];
  const isList = first.startsWith('- ');
  const value = isList ? [] : {};
  while (lines[0]?.indent === indent && lines[0].text.startsWith('- ') === isList) {
    const { text } = lines[0];
    if (isList) {
      const dash = text.match(/^-\s+/)[0].length;
      lines[0] = { indent: indent + dash, text: text.slice(dash) };
      const isMap = /^[\w-]+:(\s|$)/.test(lines[0].text);
      value.push(isMap ? block(lines) : scalar(lines.shift().text));
    } else {
      const [, key, rest] = text.match(/^([\w-]+):\s*(.*)$/) ?? [];
      if (key === undefined) throw new Error(`'${text}' is no 'key: value'.`);
      lines.shift();
      value[key] = rest ? scalar(rest) : below(lines, indent);
    }
  }
  return value;
}

function below(lines, indent) {
  const next = lines[0];
  const least = next?.text.startsWith('- ') ? indent : indent + 1;
  return next && next.indent >= least ? block(lines) : null;
}

function scalar(text) {
  if (/^".*"$/.test(text)) return JSON.parse(text);
  if (/^'.*'$/.test(text)) return text.slice(1, -1);
  if (!/^\{.*\}$/.test(text)) return text;
  const pairs = text.slice(1, -1).split(',').map((pair) => pair.split(/:\s+/, 2));
  const read = ([key, value = '']) => [key.trim(), scalar(value.trim())];
  return Object.fromEntries(pairs.map(read));
}
