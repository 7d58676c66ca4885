import type { Case, CaseStatus, Priority } from '../../api/desk'
import { list } from '../list'

export type Queue = 'mine' | 'unassigned' | 'team' | 'mentions' | 'all'
export type CaseSort = 'wait' | 'due' | 'effort' | 'value' | 'newest' | 'oldest'
export type StatusTab = Exclude<CaseStatus, 'ignored'> | 'ignored' | 'any'

/** What a list shows. The address of the page is exactly this, so it can be shared. */
export interface CaseSearch {
  readonly queue?: Queue
  readonly team?: string
  readonly status?: StatusTab
  readonly sort?: CaseSort
  readonly assignee?: string
  readonly inbox?: string
  readonly channel?: string
  readonly tag?: string
  readonly intent?: string
  readonly priority?: string
  readonly language?: string
  readonly unread?: boolean
  readonly breached?: boolean
  /** Only what is in none of one's splits. */
  readonly rest?: boolean
  /** The saved view that this came from. */
  readonly view?: string
}

export const QUEUES = ['mine', 'unassigned', 'team', 'mentions', 'all'] as const satisfies readonly Queue[]
export const TABS = ['todo', 'waiting', 'snoozed', 'done', 'ignored', 'any'] as const satisfies readonly StatusTab[]
export const SORTS = ['wait', 'due', 'effort', 'value', 'newest', 'oldest'] as const satisfies readonly CaseSort[]
export const FILTERS = ['assignee', 'inbox', 'channel', 'tag', 'intent', 'priority', 'language'] as const
export type Filter = (typeof FILTERS)[number]

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const oneOf = <T extends string>(value: unknown, all: readonly T[]): T | undefined => all.find((v) => v === value)

/** Reads an address; what it does not know is left out, what is the default too. */
export function parseSearch(s: Readonly<Record<string, unknown>>): CaseSearch {
  const out: Record<string, unknown> = {}
  const queue = oneOf(s.queue, QUEUES)
  const status = oneOf(s.status, TABS)
  const sort = oneOf(s.sort, SORTS)
  if (queue && queue !== 'mine') out.queue = queue
  if (queue === 'team' && text(s.team)) out.team = text(s.team)
  if (status && status !== 'todo') out.status = status
  if (sort && sort !== defaultSort(status ?? 'todo')) out.sort = sort
  for (const name of FILTERS) if (text(s[name])) out[name] = text(s[name])
  if (s.unread === true || s.unread === 'true') out.unread = true
  if (s.breached === true || s.breached === 'true') out.breached = true
  if (s.rest === true || s.rest === 'true') out.rest = true
  if (text(s.view)) out.view = text(s.view)
  return out
}

/** Who waits longest comes first where it is our turn; elsewhere the newest. */
export const defaultSort = (status: StatusTab): CaseSort => (status === 'todo' ? 'wait' : 'newest')

export type FullSearch = CaseSearch & {
  readonly queue: Queue
  readonly status: StatusTab
  readonly sort: CaseSort
}

export function full(s: CaseSearch): FullSearch {
  const status = s.status ?? 'todo'
  return { ...s, queue: s.queue ?? 'mine', status, sort: s.sort ?? defaultSort(status) }
}

/** What the server is asked; the saved view's id is only for the screen. */
export function toQuery(s: CaseSearch): Record<string, string | boolean> {
  const { view: _, queue, ...rest } = full(s)
  return { ...rest, queue }
}

/** The query of a saved view, as text; the same words the address has. */
export function toText(s: CaseSearch): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(s)) if (name !== 'view' && value) params.set(name, String(value))
  params.sort()
  return params.toString()
}

export function fromText(query: string, view: string): CaseSearch {
  return { ...parseSearch(Object.fromEntries(new URLSearchParams(query))), ...(view ? { view } : {}) }
}

export const hasFilter = (s: CaseSearch): boolean =>
  FILTERS.some((name) => s[name]) || s.unread === true || s.breached === true || s.rest === true

/** Whether a conversation belongs into a list, as the server would decide; splits are those of the person. */
export function belongs(c: Case, s: CaseSearch, me: string, splits: readonly CaseSearch[] = []): boolean {
  const q = full(s)
  if (c.merged_into) return false
  if (q.rest && splits.some((split) => !split.rest && belongs(c, { ...split, status: 'any' }, me))) return false
  if (q.status !== 'any' && c.status !== q.status) return false
  switch (q.queue) {
    case 'mine':
      if (c.assignee_id !== me) return false
      break
    case 'unassigned':
      if (c.assignee_id !== '') return false
      break
    case 'team':
      if (q.team && c.team_id !== q.team) return false
      break
    case 'mentions':
      if (!c.mentioned) return false
      break
    default:
  }
  if (q.assignee && c.assignee_id !== (q.assignee === 'none' ? '' : q.assignee === 'me' ? me : q.assignee)) return false
  if (q.inbox && c.inbox_id !== q.inbox) return false
  if (q.channel && c.channel !== q.channel) return false
  if (q.tag && !list(c.tags).some((t) => t.id === q.tag)) return false
  if (q.intent && c.intent !== q.intent) return false
  if (q.priority && c.priority !== (Number(q.priority) as Priority)) return false
  if (q.language && c.language !== q.language) return false
  if (q.unread && !c.unread) return false
  return !(q.breached && !c.breached)
}

const at = (iso: string | undefined, none: number): number => {
  const t = iso ? Date.parse(iso) : Number.NaN
  return Number.isNaN(t) ? none : t
}

/** Below zero when a comes before b. Equal ones go by id in the same direction, as the server has it. */
export function compare(sort: CaseSort, a: Case, b: Case): number {
  const never = Number.MAX_SAFE_INTEGER
  const order = (): number => {
    switch (sort) {
      case 'wait':
        return at(a.waiting_since, never) - at(b.waiting_since, never)
      case 'due':
        return at(a.due_at, never) - at(b.due_at, never)
      case 'effort':
        return b.effort - a.effort
      case 'value':
        return b.value - a.value
      case 'oldest':
        return at(a.last_at, 0) - at(b.last_at, 0)
      default:
        return at(b.last_at, 0) - at(a.last_at, 0)
    }
  }
  const down = sort === 'effort' || sort === 'value' || sort === 'newest'
  const byId = a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  return order() || (down ? -byId : byId)
}
