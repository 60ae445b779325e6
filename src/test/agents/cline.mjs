// The command line of Cline: its SDK line, the same engine as in the extension's "Next" bundle.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from './process.mjs';

const ENVIRONMENT = { CLINE_NO_AUTO_UPDATE: '1', CLINE_SESSION_BACKEND_MODE: 'local' };
const NOT_JSON = 'not a message of the protocol';

/** Cline with one of its providers: `openai-compatible`, or `litellm`, which asks the server for the window. */
export class Cline {
  constructor(modules, provider = 'openai-compatible') {
    this.command = join(modules, 'cline', 'bin', 'cline');
    this.provider = provider;
    this.name = provider === 'litellm' ? 'cline-litellm' : 'cline';
    this.package = 'cline';
    /** How it takes an answer that breaks off: it ends, as its users see it. */
    this.retriesBrokenAnswers = false;
    this.goesOnAfterCutAnswers = true;
    this.exitAfterOverflow = 0;
    /** Its own prompt is short, and it cuts what it reads. */
    this.backgroundRepeats = 600;
    /** Without its window a session that is taken up offers other tools than one that begins. */
    this.changesModes = false;
    this.asksForTitles = false;
  }

  async settle({ home, base, model }) {
    const settings = join(home, '.cline', 'data', 'settings');
    await mkdir(settings, { recursive: true });
    const baseUrl = this.provider === 'litellm' ? base.replace(/\/v1$/, '') : base;
    const provider = {
      updatedAt: '2026-01-01T00:00:00.000Z',
      tokenSource: 'manual',
      settings: { provider: this.provider, apiKey: 'any', model, baseUrl },
    };
    await writeJson(join(settings, 'providers.json'), {
      version: 1,
      lastUsedProvider: this.provider,
      modes: {},
      providers: { [this.provider]: provider },
    });
    await writeJson(join(settings, 'global-settings.json'), { telemetryOptOut: true, autoUpdateEnabled: false });
  }

  /** Starts one task in a process of its own. */
  start(place, words) {
    const args = ['-P', this.provider, '-m', place.model, '-c', place.folder, '--json', words];
    return new AgentProcess(this.command, args, { ...place, env: ENVIRONMENT });
  }

  /** A session of several turns, over the protocol by which editors drive Cline. */
  session(place) {
    return new ClineSession(this, place);
  }
}

class ClineSession {
  waiting = new Map();
  lines = '';
  number = 0;

  constructor(agent, place) {
    this.agent = agent;
    this.place = place;
  }

  async open() {
    const env = {
      ...ENVIRONMENT,
      CLINE_API_KEY: 'any',
      CLINE_PROVIDER: this.agent.provider,
      CLINE_MODEL: this.place.model,
    };
    this.process = new AgentProcess(this.agent.command, ['--acp', '--auto-approve', 'true'], {
      ...this.place,
      env,
      stdin: 'pipe',
    });
    this.process.child.stdout.on('data', (text) => this.receive(text));
    this.process.ended.then(() => this.waiting.forEach(({ reject }) => reject(new Error('cline ended'))));
    await this.ask('initialize', { protocolVersion: 1, clientCapabilities: {} });
    const where = { cwd: this.place.folder, mcpServers: [] };
    if (this.id) await this.ask('session/load', { ...where, sessionId: this.id });
    else this.id = (await this.ask('session/new', where)).sessionId;
    await this.ask('session/set_model', { sessionId: this.id, modelId: this.place.model });
  }

  /** One turn of the person. Mode is plan or act; Cline goes by it when it takes up a session. */
  async say(words, mode = 'act') {
    if (mode !== this.mode) {
      await this.close();
      await this.open();
      await this.ask('session/set_mode', { sessionId: this.id, modeId: mode });
      this.mode = mode;
    }
    const prompt = [{ type: 'text', text: words }];
    const { stopReason } = await this.ask('session/prompt', { sessionId: this.id, prompt });
    return { exit: stopReason === 'end_turn' ? 0 : 1, output: this.process.output };
  }

  async close() {
    this.process?.kill();
    await this.process?.ended;
  }

  ask(method, params) {
    const id = ++this.number;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.send({ id, method, params });
    return answer;
  }

  send(message) {
    this.process.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  receive(text) {
    const lines = (this.lines + text).split('\n');
    this.lines = lines.pop();
    lines.map(parsed).forEach((message) => this.take(message));
  }

  take(message) {
    if (message.method === 'session/request_permission') {
      const { optionId } = message.params.options[0];
      this.send({ id: message.id, result: { outcome: { outcome: 'selected', optionId } } });
    } else if (this.waiting.has(message.id)) {
      const { resolve, reject } = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) reject(new Error(JSON.stringify(message.error)));
      else resolve(message.result);
    }
  }
}

/** The agent also writes plain lines. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return { method: NOT_JSON };
  }
}

function writeJson(file, value) {
  return writeFile(file, JSON.stringify(value));
}
