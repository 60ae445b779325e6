// The real server before the stand-in upstream, both as their scripts start them.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile, cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Both may have to be built first. */
const START_LIMIT_MS = 600_000;
/** Longer than the hold of the status line and some comments, so that slow answers show both. */
const SLOW_MS = 3_500;
const SERVER_SETTINGS = 'http: {status-hold: 2s, keep-alive: 400ms}\n';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts both processes; `root` is the project's folder. */
export async function raise(root) {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  const [upstreamPort, port] = [await freePort(), await freePort()];
  const processes = [];
  const stage = new Stage(`http://127.0.0.1:${port}`, `http://127.0.0.1:${upstreamPort}`, processes, folder);
  const start = (script, args, env = {}) => {
    const child = spawn(join(root, 'scripts', script), args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    processes.push(child);
  };
  process.once('exit', () => processes.forEach((child) => child.kill()));
  process.once('SIGTERM', () => process.exit(143));
  try {
    // One after the other: each builds what it misses.
    start('fake-upstream', ['--port', String(upstreamPort), '--pause', String(SLOW_MS)]);
    await stage.until(() => stage.state());
    start('memory-router', ['serve'], await environment(root, folder, port, upstreamPort));
    await stage.until(() => stage.answers());
  } catch (error) {
    await stage.strike();
    throw error;
  }
  return stage;
}

async function environment(root, folder, port, upstreamPort) {
  const config = join(folder, 'config');
  await cp(join(root, 'config'), config, { recursive: true });
  await writeFile(join(config, 'server.yaml'), SERVER_SETTINGS);
  const bank = join(folder, 'memory-bank');
  await mkdir(bank);
  await writeFile(join(bank, 'projectbrief.md'), '# Brief\n\nA tracker for parcels.\n');
  return {
    APP_PORT: String(port),
    OLLAMA_BASE_URL: `http://127.0.0.1:${upstreamPort}`,
    ROUTER_CONFIG_DIR: config,
    MEMORY_BANK_PATH: bank,
    VECTOR_STORE_PATH: join(folder, 'vector-stores'),
    LOG_LEVEL: 'ERROR',
  };
}

class Stage {
  constructor(url, upstream, processes, folder) {
    Object.assign(this, { url, upstream, processes, folder });
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

  /** Spoils the upstream's next answers; without a name it is well again. */
  async fault(fault, calls) {
    const body = JSON.stringify(fault ? { fault, calls } : {});
    const response = await fetch(`${this.upstream}/fake/fault`, { method: 'POST', body });
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
