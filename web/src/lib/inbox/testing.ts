import type { Case, CaseEvent, Message } from '../../api/desk'

/** A conversation for tests, with what matters to them said. */
export function aCase(more: Partial<Case> = {}): Case {
  return {
    id: 'c1',
    customer_id: 'p1',
    customer_name: 'Jan Meijer',
    inbox_id: 'i1',
    inbox_name: 'Support',
    channel: 'mail',
    subject: 'When does it start?',
    preview: 'I added the plan on Monday',
    last_direction: 'in',
    status: 'todo',
    reason: 'first',
    assignee_id: '',
    assignee_name: '',
    team_id: '',
    team_name: '',
    priority: 1,
    tags: [],
    opened_at: '2026-03-01T08:00:00Z',
    last_at: '2026-03-01T08:00:00Z',
    waiting_since: '2026-03-01T08:00:00Z',
    messages: 1,
    seq: 7,
    version: 7,
    unread: false,
    mentioned: false,
    due_kind: '',
    breached: false,
    effort: 0,
    value: 0,
    intent: '',
    intent_label: '',
    language: 'en',
    journey_id: '',
    unverified: false,
    automatic: false,
    draft: false,
    ...more,
  }
}

export function aMessage(more: Partial<Message> = {}): Message {
  return {
    type: 'message',
    id: 'm1',
    seq: 1,
    automatic: false,
    channel: 'mail',
    conversation_id: 'c1',
    customer_id: 'p1',
    direction: 'in',
    external_id: '',
    has_html: false,
    journey_id: '',
    kind: 'message',
    occurred_at: '2026-03-01T08:00:00Z',
    received_at: '2026-03-01T08:00:00Z',
    participants: [],
    profile_id: 'p1',
    source: '',
    text: 'Hello',
    verified: true,
    ...more,
  }
}

export function anEvent(more: Partial<CaseEvent> = {}): CaseEvent {
  return {
    type: 'event',
    id: 'e1',
    at: '2026-03-01T08:05:00Z',
    author: 'Ben',
    kind: 'assign',
    data: {},
    change_id: '',
    undone: false,
    ...more,
  }
}
