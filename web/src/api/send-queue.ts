import type { QueryClient } from '@tanstack/react-query'
import { createStore } from '../lib/store'
import { keep, kept } from '../lib/vault'
import { type ApiError, asApiError } from './client'
import type { Case, Reply, ThreadItem } from './desk'
import { addNote, caseKeys, countsChanged, putCase, refreshThread } from './queries/cases'
import { type Queued, sendReply } from './queries/outgoing'
import type { Pages } from './queries/pages'

export interface NoteBody {
  readonly html: string
  readonly text: string
  readonly mentions: readonly string[]
  readonly attachments: readonly string[]
}

/** Something a person sent that the server has not confirmed. */
export interface Waiting {
  readonly key: string
  readonly caseId: string
  readonly html: string
  readonly reply?: Reply
  readonly note?: NoteBody
  readonly offline: boolean
}

const KEPT = 'sends'
export const sends = createStore<readonly Waiting[]>([])

// What was kept before a reload is taken up again, once.
let loading: Promise<void> | undefined
function load(): Promise<void> {
  loading ??= kept<readonly Waiting[]>(KEPT).then((old) => {
    if (old && old.length > 0) sends.set((now) => [...old.map((w) => ({ ...w, offline: true })), ...now])
  })
  return loading
}

function store(change: (old: readonly Waiting[]) => readonly Waiting[]): void {
  sends.set(change)
  void keep(KEPT, sends.get()).catch(() => undefined)
}

export const takeBack = (key: string): void => store((old) => old.filter((w) => w.key !== key))

export type SendResult = Queued | 'noted' | 'kept'

/**
 * Sends an answer or a note. Without a connection it is kept and goes out by itself
 * later, in order and, by its key, only once. A refusal rejects and keeps nothing.
 */
export async function send(client: QueryClient, w: Omit<Waiting, 'offline'>): Promise<SendResult> {
  await load()
  // What waits already goes first.
  const behind = sends.get().some((o) => o.offline && o.caseId === w.caseId)
  store((old) => [...old, { ...w, offline: behind }])
  if (behind) return 'kept'
  return deliver(client, { ...w, offline: false })
}

async function deliver(client: QueryClient, w: Waiting): Promise<SendResult> {
  try {
    if (w.note) {
      await addNote(w.caseId, { ...w.note, idempotency_key: w.key })
      takeBack(w.key)
      await refreshThread(client, w.caseId).catch(() => undefined)
      return 'noted'
    }
    if (!w.reply) return 'kept'
    const queued = await sendReply(w.caseId, w.reply)
    putOutgoing(client, w.caseId, queued)
    takeBack(w.key)
    putCase(client, queued.case as Case)
    countsChanged(client)
    return queued
  } catch (error) {
    const problem = asApiError(error)
    if (problem.transient) {
      store((old) => old.map((o) => (o.key === w.key ? { ...o, offline: true } : o)))
      return 'kept'
    }
    takeBack(w.key)
    throw error
  }
}

/** Shows a message that waits to be sent at the end of its conversation. */
function putOutgoing(client: QueryClient, caseId: string, { outbox }: Queued): void {
  client.setQueryData<Pages<ThreadItem>>(caseKeys.thread(caseId), (old) => {
    const [first, ...rest] = old?.pages ?? []
    if (!old || !first) return old
    const items = (first.items ?? []).filter((i) => i.id !== outbox.id)
    return { ...old, pages: [{ ...first, items: [{ ...outbox, type: 'outgoing' }, ...items] }, ...rest] }
  })
}

let flushing = false
/** Tries what waits, oldest first; what the server refuses stays visible with its reason. */
export async function flushSends(client: QueryClient): Promise<void> {
  await load()
  if (flushing) return
  flushing = true
  try {
    for (const w of sends.get().filter((o) => o.offline)) {
      try {
        if ((await deliver(client, w)) === 'kept') return
      } catch (error) {
        refused(w, asApiError(error))
      }
    }
  } finally {
    flushing = false
  }
}

/** How often what waits is tried while nothing says that the connection is back. */
const AGAIN_MS = 15_000

/** Told when something that waited was refused later: its text must not be lost. */
let refused: (w: Waiting, error: ApiError) => void = () => {}

/** Sends what waits as soon as there is a connection, until the returned function is called. */
export function keepSending(client: QueryClient, whenRefused: (w: Waiting, error: ApiError) => void): () => void {
  refused = whenRefused
  const again = () => void flushSends(client)
  const timer = setInterval(() => {
    if (sends.get().some((w) => w.offline)) again()
  }, AGAIN_MS)
  window.addEventListener('online', again)
  again()
  return () => {
    clearInterval(timer)
    window.removeEventListener('online', again)
  }
}
