import type { Case } from '../../api/desk'

// Changes that were made here and that the server has not confirmed. What is read
// in the meantime is shown with them, so that nothing jumps back and forth.

interface Ticket {
  readonly ids: ReadonlySet<string>
  readonly apply: (c: Case) => Case
}
const waiting = new Set<Ticket>()

export function withPending(ids: readonly string[], apply: (c: Case) => Case): Ticket {
  const ticket: Ticket = { ids: new Set(ids), apply }
  waiting.add(ticket)
  return ticket
}

export function settle(ticket: Ticket): void {
  waiting.delete(ticket)
}

/** A conversation as it will be once everything under way is done. */
export function overlay(c: Case): Case {
  let out = c
  for (const ticket of waiting) if (ticket.ids.has(c.id)) out = ticket.apply(out)
  return out
}
