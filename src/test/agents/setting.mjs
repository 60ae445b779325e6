// The router as the scenarios need it: the shipped rules before models with small windows, and short waits.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
  qwen3: ${MODEL('qwen3:30b-a3b', 24_576)}
  qwen2.5-coder: ${MODEL('qwen2.5-coder:32b', 24_576, ', repair-tool-calls: true')}
  llama4: ${MODEL('llama4:scout', large)}
`;

export async function configure(folder, config) {
  const projects = join(folder, 'projects');
  await mkdir(projects, { recursive: true });
  await writeFile(join(config, 'server.yaml'), SERVER(projects));
  await writeFile(join(config, 'models.yaml'), models());
  return { MEMORY_BANK_PATH: '' };
}
