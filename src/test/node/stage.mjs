// The real server before the stand-in upstream, both as their scripts start them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile, cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Both may have to be built first. */
const START_LIMIT_MS = 600_000;
/** Longer than the hold of the status line and some comments, so that slow answers show both. */
const SLOW_MS = 3_500;
const MODELS = ['qwen3:30b-a3b', 'qwen2.5-coder:32b'];
/** Edits of the configuration take effect within it. */
const RELOAD_MS = 2_000;
const SERVER_SETTINGS = 'http: {status-hold: 2s, keep-alive: 400ms}\n';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts both processes; `root` is the project's folder. `configure(folder, config)` may change the copy of its
 * configuration and returns more environment for the server; `models` are those that the upstream has.
 */
export async function raise(root, { configure = configureBank, models = MODELS } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'stage-'));
  const [upstreamPort, port] = [await freePort(), await freePort()];
  const stage = new Stage(root, folder, port, upstreamPort);
  process.once('exit', () => stage.processes.forEach((child) => child.kill()));
  process.once('SIGTERM', () => process.exit(143));
  try {
    // One after the other: each builds what it misses.
    stage.start('fake-upstream', [
      ...['--port', String(upstreamPort), '--pause', String(SLOW_MS)],
      ...['--models', models.join(',')],
    ]);
    await stage.until(() => stage.state());
    await stage.configure(configure);
    await stage.serve();
  } catch (error) {
    await stage.strike();
    throw error;
  }
  return stage;
}

async function configureBank(folder, config) {
  await writeFile(join(config, 'server.yaml'), SERVER_SETTINGS);
  const bank = join(folder, 'memory-bank');
  await mkdir(bank);
  await writeFile(join(bank, 'projectbrief.md'), '# Brief\n\nA tracker for parcels.\n');
  return { MEMORY_BANK_PATH: bank };
}

class Stage {
  processes = [];

  constructor(root, folder, port, upstreamPort) {
    Object.assign(this, { root, folder, port });
    this.url = `http://127.0.0.1:${port}`;
    this.upstream = `http://127.0.0.1:${upstreamPort}`;
  }

  start(script, args, env = {}) {
    const child = spawn(join(this.root, 'scripts', script), args, {
      cwd: this.root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.processes.push(child);
    return child;
  }

  async configure(configure) {
    const config = join(this.folder, 'config');
    await cp(join(this.root, 'config'), config, { recursive: true });
    this.environment = {
      APP_PORT: String(this.port),
      OLLAMA_BASE_URL: this.upstream,
      ROUTER_CONFIG_DIR: config,
      VECTOR_STORE_PATH: join(this.folder, 'vector-stores'),
      LOG_LEVEL: 'ERROR',
      ...(await configure(this.folder, config)),
    };
  }

  /** Edits a file of the configuration and waits until the server goes by it. */
  async reconfigure(file, text) {
    await writeFile(join(this.environment.ROUTER_CONFIG_DIR, file), text);
    await sleep(RELOAD_MS);
  }

  async serve() {
    this.server = this.start('memory-router', ['serve'], this.environment);
    await this.until(() => this.answers());
  }

  /** Ends the server and starts it again, as its user would. */
  async restart() {
    const ended = once(this.server, 'exit');
    this.server.kill();
    await ended;
    this.processes.splice(this.processes.indexOf(this.server), 1);
    await this.serve();
  }

  /** Base URL for OpenAI's clients. */
  get v1() {
    return `${this.url}/v1`;
  }

  /** Waits until a question to one of the processes is answered with yes. */
  async until(question) {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      if (this.processes.some((child) => child.exitCode !== null)) {
        throw new Error('the server or the upstream ended at its start; its message stands above');
      }
      if (await question().catch(() => false)) return;
      await sleep(200);
    }
    throw new Error(`not ready within ${START_LIMIT_MS / 1000} s`);
  }

  /** Whether a model answers; the first answer also warms everything up. */
  async answers() {
    const response = await fetch(`${this.v1}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'qwen3', messages: [{ role: 'user', content: 'Ready?' }] }),
    });
    return response.headers.get('x-router-model') === 'qwen3' && response.ok;
  }

  /** Spoils the upstream's next answers; without a name it is well again. `which` tells the calls that are struck. */
  async fault(fault, which = {}) {
    await this.tell('fault', fault ? { fault, ...which } : {});
  }

  /** Gives the upstream an order of its control. */
  async tell(order, body = {}) {
    const response = await fetch(`${this.upstream}/fake/${order}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  }

  async state() {
    return (await fetch(`${this.upstream}/fake/state`)).json();
  }

  /** Milliseconds until the upstream has no open call. */
  async quiet() {
    const start = performance.now();
    while ((await this.state()).open > 0) {
      if (performance.now() - start > 10_000) throw new Error('a call of the upstream stays open');
      await sleep(10);
    }
    return performance.now() - start;
  }

  async strike() {
    const ended = this.processes.map(
      (child) => child.exitCode !== null || new Promise((resolve) => child.once('exit', resolve)),
    );
    this.processes.forEach((child) => child.kill());
    await Promise.all(ended);
    await rm(this.folder, { recursive: true, force: true });
  }
}
