// The command line of opencode.
import { join } from 'node:path';
import { AgentProcess } from './process.mjs';

const ENVIRONMENT = {
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_SHARE: '1',
};

export class OpenCode {
  constructor(modules) {
    this.command = join(modules, 'opencode', 'bin', 'opencode');
    this.name = 'opencode';
    this.package = 'opencode';
    this.retriesBrokenAnswers = true;
    /** It takes one for the end, without a word. */
    this.goesOnAfterCutAnswers = false;
    /** Although it compacts, goes on and ends well. */
    this.exitAfterOverflow = 1;
    this.backgroundRepeats = 0;
    this.changesModes = true;
    this.asksForTitles = true;
  }

  /** All its settings are in the environment. */
  async settle() {}

  start(place, words, more = []) {
    const args = ['run', '--auto', '-m', `local/${place.model}`, '--format', 'json', ...more, words];
    return new AgentProcess(this.command, args, {
      ...place,
      env: { ...ENVIRONMENT, OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration(place)) },
    });
  }

  session(place) {
    return new OpenCodeSession(this, place);
  }
}

/** Each turn is a process of its own, which takes up the last session of the folder. */
class OpenCodeSession {
  turns = 0;

  constructor(agent, place) {
    this.agent = agent;
    this.place = place;
  }

  say(words, mode = 'act') {
    const again = this.turns++ > 0 ? ['--continue'] : [];
    const more = [...again, '--agent', mode === 'plan' ? 'plan' : 'build'];
    return this.agent.start(this.place, words, more).ended;
  }

  async close() {}
}

function configuration({ base, model, window }) {
  return {
    autoupdate: false,
    share: 'disabled',
    model: `local/${model}`,
    provider: {
      local: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Local',
        options: { baseURL: base, apiKey: 'any' },
        models: { [model]: { name: 'Memory router', tool_call: true, limit: { context: window, output: 2048 } } },
      },
    },
  };
}
