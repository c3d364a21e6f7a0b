/** Where the APIs are: the server of these pages says so in /config.json, so one build serves every installation. */
export interface Config {
  commandsUrl: string
  queriesUrl: string
}

let loaded: Config | null = null

export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json')
  if (!response.ok) throw new TypeError(`/config.json answered ${response.status}`)
  const said = (await response.json()) as { commands_url: string; queries_url: string }
  loaded = { commandsUrl: absolute(said.commands_url), queriesUrl: absolute(said.queries_url) }
  return loaded
}

export function config(): Config {
  if (loaded === null) throw new Error('config() was asked before loadConfig() had answered')
  return loaded
}

function absolute(url: string): string {
  return new URL(url, window.location.origin).href.replace(/\/$/, '')
}

/** How the command API is told a page of ours to lead back to: a path on one origin, else the whole address. */
export function placeOfOurs(path: string): string {
  const { origin } = window.location
  return new URL(config().commandsUrl).origin === origin ? path : origin + path
}
