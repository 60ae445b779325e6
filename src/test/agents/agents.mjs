// Plays the scenarios with unmodified agents and prints a table of what became of them.
// Usage: node agents.mjs PROJECT-FOLDER NODE-MODULES [--quick] [agent…] [scenario…]
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { raise } from '../node/stage.mjs';
import { Cline } from './cline.mjs';
import { OpenCode } from './opencode.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { build, Scene } from './scene.mjs';
import { timeRatio } from './ratio.mjs';
import { configure, MODELS } from './setting.mjs';

const [root, modules, ...wanted] = process.argv.slice(2);
const quick = wanted.includes('--quick');
const all = [new Cline(resolve(modules)), new OpenCode(resolve(modules)), new Cline(resolve(modules), 'litellm')];
const agents = chosen(all);
const scenarios = chosen(SCENARIOS).filter(({ inShortForm = true }) => inShortForm || !quick);
const workspaces = new Map();
const stage = await raise(resolve(root), { configure: buildAll, models: MODELS });
const results = new Map();
const ratios = [];
try {
  for (const scenario of scenarios) {
    for (const agent of agents) {
      results.set(key(agent, scenario), await play(agent, scenario));
    }
  }
  for (const agent of quick || scenarios.length < SCENARIOS.length ? [] : agents) {
    const scene = new Scene(stage, agent, workspaces.get(key(agent, scenarios[0])));
    ratios.push(`${agent.name} ${(await timeRatio(scene)).toFixed(2)}`);
  }
} finally {
  await stage.strike();
}
await printTable();
process.exitCode = [...results.values()].includes('FAILED') ? 1 : 0;

/** Those that are named; all when none is. */
function chosen(things) {
  const named = things.filter(({ name }) => wanted.includes(name));
  return named.length > 0 ? named : things;
}

async function buildAll(folder, config) {
  for (const agent of agents) {
    for (const scenario of scenarios) {
      workspaces.set(key(agent, scenario), await build(folder, agent, scenario));
    }
  }
  return configure(folder, config);
}

function key(agent, scenario) {
  return `${agent.name} ${scenario.name}`;
}

async function play(agent, scenario) {
  if (scenario.plays && !scenario.plays(agent)) return '–';
  // The provider alone makes little difference.
  if (quick && agent.provider === 'litellm' && scenario !== scenarios[0]) return 'not in the short form';
  const scene = new Scene(stage, agent, workspaces.get(key(agent, scenario)));
  const start = performance.now();
  let result = 'ok';
  try {
    await scene.begin();
    await scenario.play(scene);
  } catch (error) {
    result = 'FAILED';
    await explain(scene, error);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(`${agent.name.padEnd(14)} ${scenario.name.padEnd(40)} ${result.padEnd(7)} ${seconds} s`);
  return result;
}

async function explain(scene, error) {
  console.error(error.stack);
  const call = (await scene.calls().catch(() => [])).at(-1);
  const record = (await scene.records().catch(() => [])).at(-1);
  console.error(`Last request to the upstream: ${JSON.stringify(call && withoutTools(call), null, 1)}`);
  console.error(`Last decision: ${JSON.stringify(record, null, 1)}`);
}

function withoutTools({ body: { tools, ...body }, ...call }) {
  return { ...call, body: { ...body, tools: tools?.map((tool) => tool.function.name) } };
}

async function printTable() {
  const versions = await Promise.all(agents.map(version));
  console.log(`${versions.join(', ')}; Node ${process.versions.node}\n`);
  console.log(`| scenario | ${agents.map((agent) => agent.name).join(' | ')} |`);
  console.log(`|---|${agents.map(() => '---|').join('')}`);
  for (const scenario of scenarios) {
    console.log(`| ${scenario.name} | ${agents.map((agent) => results.get(key(agent, scenario))).join(' | ')} |`);
  }
  if (ratios.length > 0) console.log(`\nTime of a whole task through the router, straight at the upstream = 1: ${ratios.join(', ')}`);
}

async function version(agent) {
  const { version } = JSON.parse(await readFile(join(modules, agent.package, 'package.json'), 'utf8'));
  return `${agent.name} ${version}`;
}
