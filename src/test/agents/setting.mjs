// The router as the scenarios need it: the shipped rules before models with small windows, and short waits.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Folder of the workspaces. */
export const PROJECTS = 'projects';
export const CODER = 'qwen2.5-coder:32b';
export const LARGE = 'llama4:16x17b';
const SMALL = 'qwen3:30b-a3b';
export const MODELS = [SMALL, CODER, LARGE];

/** What agents are told; the router knows what its models really hold. */
export const WINDOW = 65_536;

const SERVER = (projects) => `
bank-roots: ["${projects}"]
http: {status-hold: 1s, keep-alive: 400ms}
`;

const MODEL = (name, context, more = '') =>
  `{upstream: ollama, name: ["${name}"], context: ${context}, num-ctx: ${context}, max-output: 2048, tokenizer: qwen, capabilities: [tools], slots: 1${more}}`;

/** @param large tokens of the largest model */
export const models = (large = WINDOW) => `
upstreams:
  ollama: {type: ollama, base-url: "\${OLLAMA_BASE_URL:http://localhost:11434}"}
models:
  qwen3: ${MODEL(SMALL, 20_480)}
  qwen2.5-coder: ${MODEL(CODER, 20_480, ', repair-tool-calls: true')}
  llama4: ${MODEL(LARGE, large)}
`;

export async function configure(folder, config) {
  await writeFile(join(config, 'server.yaml'), SERVER(join(folder, PROJECTS)));
  await writeFile(join(config, 'models.yaml'), models());
  return { MEMORY_BANK_PATH: '' };
}
