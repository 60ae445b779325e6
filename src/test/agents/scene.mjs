// A workspace in which one agent plays one scenario, and what can be seen of it afterwards.
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { PROJECTS, WINDOW } from './setting.mjs';

const ALIAS = 'cline-memory-router';
/** Words that only this bank has, so that the right one is proved. */
const BRIEF = (project) => `# Brief\n\nThe project ${project} counts parcels at the gates of the depot.\n`;
const NOTES = 'Gate one\nThe word is alpha.\nGate two\n';
const WAIT_LIMIT_MS = 30_000;
const BIG_LINES = 600;

/** Makes two workspaces, one for a second agent. Banks are looked for when the server starts, so all are made before. */
export async function build(stage, agent, scenario) {
  const name = `${agent.name}-${scenario.name.replace(/\W+/g, '-')}`;
  return [await workspace(stage, name), await workspace(stage, `${name}-twin`)];
}

async function workspace(stage, name) {
  const [folder, home] = [join(stage, PROJECTS, name), join(stage, 'homes', name)];
  await mkdir(join(folder, 'memory-bank'), { recursive: true });
  await mkdir(home, { recursive: true });
  await writeFile(join(folder, 'memory-bank', 'projectbrief.md'), BRIEF(name));
  await writeFile(join(folder, 'notes.txt'), NOTES);
  const filler = Array.from({ length: BIG_LINES }, (_, i) => `Parcel ${i * 7919} left gate ${i % 7} at ${i * 31}.`).join('\n');
  await writeFile(join(folder, 'big.txt'), `The word is alpha.\n${filler}\n`);
  execFileSync('git', ['init', '-q', folder]);
  return { name, folder, home };
}

export class Scene {
  constructor(stage, agent, [workspace, second]) {
    Object.assign(this, { stage, agent, workspace, second });
    this.bankMark = `The project ${workspace.name} counts parcels`;
  }

  /** The same agent in another workspace. */
  twin() {
    return new Scene(this.stage, this.agent, [this.second]);
  }

  /** Where the agent works; straight at the upstream it leaves the router out. */
  place({ straight = false } = {}) {
    return {
      home: this.workspace.home,
      folder: this.workspace.folder,
      base: straight ? `${this.stage.upstream}/v1` : this.stage.v1,
      model: straight ? 'qwen2.5-coder:32b' : ALIAS,
      window: WINDOW,
    };
  }

  async start(words, options) {
    const place = this.place(options);
    await this.agent.settle(place);
    return this.agent.start(place, words);
  }

  async run(words, options) {
    return (await this.start(words, options)).ended;
  }

  async session() {
    const place = this.place();
    await this.agent.settle(place);
    return this.agent.session(place);
  }

  async begin() {
    await this.stage.fault();
    await this.stage.tell('unload');
    await this.stage.tell('forget');
    this.earlier = new Set((await this.log()).map((record) => record.id));
  }

  async log() {
    return (await (await fetch(`${this.stage.url}/v1/router/requests`)).json()).data;
  }

  /** What the router says of the requests of this scene, oldest first. */
  async records() {
    return (await this.log()).filter((record) => !this.earlier.has(record.id)).reverse();
  }

  /** Those that are turns of the agent. */
  async turns() {
    return (await this.records()).filter((record) => !['title', 'condense'].includes(record.turn));
  }

  /** The chat calls that the upstream got. */
  async calls() {
    return (await fetch(`${this.stage.upstream}/fake/calls`)).json();
  }

  /** Those that offer tools. */
  async steps() {
    return (await this.calls()).filter(({ body }) => body.tools?.length > 0);
  }

  text(file = 'notes.txt') {
    return readFile(join(this.workspace.folder, file), 'utf8');
  }

  async restore(file = 'notes.txt') {
    await writeFile(join(this.workspace.folder, file), NOTES);
  }

  async edited(word = 'beta', file = 'notes.txt') {
    assert.match(await this.text(file), new RegExp(`The word is ${word}\\.`));
  }

  /** Waits until a question is answered with yes. */
  async until(what, question) {
    const deadline = Date.now() + WAIT_LIMIT_MS;
    while (!(await question())) {
      if (Date.now() > deadline) throw new Error(`not within ${WAIT_LIMIT_MS / 1000} s: ${what}`);
      await sleep(20);
    }
  }

  /** Adds a sentence to the bank and waits until it is indexed. */
  async editBank(sentence) {
    await appendFile(join(this.workspace.folder, 'memory-bank', 'projectbrief.md'), `\n## Hours\n\n${sentence}\n`);
    const response = await fetch(`${this.stage.url}/v1/memory/reindex`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(response.status, 200, await response.text());
  }

  ended(run, exit = 0) {
    assert.equal(run.exit, exit, `exit code of ${this.agent.name}; it wrote:\n${run.output.slice(-3_000)}`);
  }
}

/** Asserts that no step changed the model, its context, or an earlier message, but for the moves that are told. */
export function assertSteady(steps, moves = 0) {
  let moved = 0;
  for (let i = 1; i < steps.length; i++) {
    const [before, now] = [steps[i - 1].body, steps[i].body];
    if (before.model === now.model) {
      assert.equal(now.options?.num_ctx, before.options?.num_ctx, 'num_ctx changed');
    } else {
      moved++;
    }
    before.messages.forEach((message, m) =>
      assert.equal(JSON.stringify(now.messages[m]), JSON.stringify(message), `message ${m} changed in step ${i}`),
    );
    assert.equal(JSON.stringify(now.tools), JSON.stringify(before.tools), `tools changed in step ${i}`);
  }
  assert.equal(moved, moves, 'changes of the model');
}
