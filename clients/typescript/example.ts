// Opens a ticket and reads it back. `npm run check` holds that the types say what this does.
import type { components as Commands } from "./generated/command";
import type { components as Queries, operations } from "./generated/query";

export type OpenTicket = Commands["schemas"]["OpenTicketBody"];
export type Found = operations["search_tickets"]["responses"][200]["content"]["application/json"];
export type Problem = Queries["schemas"]["Problem"];

export async function openTicket(origin: string, token: string, ticket: OpenTicket): Promise<string> {
  const answer = await fetch(`${origin}/v1/tickets`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(ticket),
  });
  if (!answer.ok) throw new Error(((await answer.json()) as Problem).detail);
  return answer.headers.get("Consistency-Token") ?? "";
}

export async function search(origin: string, token: string, words: string, seen: string): Promise<string[]> {
  const answer = await fetch(`${origin}/v1/search/tickets?q=${encodeURIComponent(words)}`, {
    headers: { Authorization: `Bearer ${token}`, "Consistency-Token": seen, Prefer: "wait=5" },
  });
  if (!answer.ok) throw new Error(((await answer.json()) as Problem).detail);
  return ((await answer.json()) as Found).items.map((ticket) => ticket.subject);
}
