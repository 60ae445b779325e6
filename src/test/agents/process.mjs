// One process of an agent, shut off from everything but this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const TIME_LIMIT_MS = 120_000;
const OUTPUT_LIMIT = 200_000;
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

export class AgentProcess {
  output = '';

  constructor(command, args, { home, folder, env, stdin = 'ignore' }) {
    this.began = performance.now();
    this.child = spawn(command, args, {
      cwd: folder,
      // An own group: agents start processes of their own, and all must end together.
      detached: true,
      stdio: [stdin, 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        LANG: 'C.UTF-8',
        TERM: 'dumb',
        HTTP_PROXY: NOWHERE,
        HTTPS_PROXY: NOWHERE,
        NO_PROXY: '127.0.0.1,localhost',
        ...env,
      },
    });
    this.child.stdout.setEncoding('utf8').on('data', (text) => this.keep(text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => this.keep(text));
    this.ended = this.end();
    running.add(this);
  }

  keep(text) {
    this.output = (this.output + text).slice(-OUTPUT_LIMIT);
  }

  /** Resolves with `{exit, output, ms}`; exit is null for a process that was killed. */
  async end() {
    const limit = setTimeout(() => this.kill(), TIME_LIMIT_MS);
    const [exit] = await once(this.child, 'close');
    clearTimeout(limit);
    running.delete(this);
    return { exit, output: this.output, ms: performance.now() - this.began };
  }

  kill() {
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

const running = new Set();
process.once('exit', () => running.forEach((agent) => agent.kill()));
