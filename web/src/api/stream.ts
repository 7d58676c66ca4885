import type { QueryClient } from '@tanstack/react-query'
import { createStore } from '../lib/store'
import type { Presence } from './desk'
import { heard } from './presence'
import { refreshCaseLists } from './queries/case-lists'
import { caseKeys, countsChanged, refreshCase, refreshThread } from './queries/cases'
import { customerKeys, refreshCustomerLists } from './queries/customers'
import { journeyKeys } from './queries/journeys'
import { quarantineKey } from './queries/quarantine'
import { surveysOfAll } from './queries/satisfaction'
import { refreshTimeline, timelineKeys } from './queries/timeline'
import type { Change, Customer } from './types'

/** Whether changes arrive as they happen. */
export const live = createStore<'starting' | 'on' | 'lost'>('starting')

/** A change after a calm is shown almost at once, together with its own echoes. */
const FIRST_MS = 25
/** Changes that follow each other are gathered this long, so that a storm of them costs few reads. */
const BATCH_MS = 50
const SPACING_MS = 120
const CALM_MS = 1000

/**
 * Follows the server's changes until the returned function is called. `place` is where
 * the session stood before anything was read, so that nothing falls between reading and
 * listening.
 */
export function followChanges(client: QueryClient, place: string): () => void {
  let waiting: Change[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let lastRun = 0
  let stopped = false

  const schedule = () => {
    if (timer !== undefined || running || stopped) return
    const since = Date.now() - lastRun
    timer = setTimeout(run, since > CALM_MS ? FIRST_MS : Math.max(BATCH_MS, SPACING_MS - since))
  }
  const run = async () => {
    timer = undefined
    const batch = waiting
    waiting = []
    running = true
    lastRun = Date.now()
    try {
      await applyChanges(client, batch)
    } catch {
      // The read failed; the views keep what they have and the next change tries again.
    } finally {
      running = false
      if (waiting.length > 0) schedule()
    }
  }

  const source = new EventSource(`/v1/stream?after=${encodeURIComponent(place)}`)
  source.addEventListener('change', (event: MessageEvent<string>) => {
    waiting.push(JSON.parse(event.data) as Change)
    schedule()
  })
  // Who looks and who writes is news of the moment: it has no number and is not sent again.
  source.addEventListener('presence', (event: MessageEvent<string>) => {
    const who = JSON.parse(event.data) as Presence & { readonly conversation_id: string }
    heard(who.conversation_id, who, Date.now())
  })
  source.addEventListener('open', () => {
    // After a gap the browser resumes by id; a server that forgot the id sends nothing, so look again.
    if (live.get() === 'lost') void client.invalidateQueries()
    live.set('on')
  })
  source.addEventListener('error', () => live.set('lost'))
  return () => {
    stopped = true
    clearTimeout(timer)
    source.close()
    live.set('starting')
  }
}

/** Re-reads what a batch of changes touches and the screen shows; the rest is marked stale. */
export async function applyChanges(client: QueryClient, batch: readonly Change[]): Promise<void> {
  const byCustomer = new Map<string, Change[]>()
  let quarantine = false
  const work: Promise<unknown>[] = [applyCases(client, batch)]
  for (const change of batch) {
    if (change.type === 'quarantine') quarantine = true
    if (DESK.has(change.type)) continue
    const id = change.customer_id || (change.type === 'customer' ? change.id : '')
    if (!id) continue
    const group = byCustomer.get(id)
    if (group) group.push(change)
    else byCustomer.set(id, [change])
  }
  for (const [id, changes] of byCustomer) {
    const contacts = changes.filter((c) => c.type === 'interaction').map((c) => c.id)
    work.push(refreshTimeline(client, id, contacts))
    work.push(refreshCustomer(client, id))
    work.push(client.invalidateQueries({ queryKey: journeyKeys.of(id) }))
  }
  if (byCustomer.size > 0) {
    work.push(refreshCustomerLists(client))
    work.push(client.invalidateQueries({ queryKey: journeyKeys.lists }))
  }
  if (quarantine) work.push(client.invalidateQueries({ queryKey: quarantineKey }))
  await Promise.all(work)
}

/** Changes of work, not of what customers said. */
const DESK: ReadonlySet<string> = new Set(['case', 'outbox'])
/** More changed conversations than this are cheaper read as lists: each request costs the page a millisecond or two. */
const SINGLY = 4

/** Brings changed conversations up to date, one read each; a storm costs one read a list. */
async function applyCases(client: QueryClient, batch: readonly Change[]): Promise<void> {
  const cases = new Set<string>()
  const talking = new Set<string>()
  for (const change of batch) {
    if (change.type === 'case') cases.add(change.id)
    if ((change.type === 'interaction' || change.type === 'outbox') && change.customer_id)
      talking.add(change.customer_id)
  }
  if (cases.size === 0 && talking.size === 0) return
  const open = client
    .getQueryCache()
    .findAll({ queryKey: ['cases', 'thread'], type: 'active' })
    .map((q) => String(q.queryKey[2]))
  const work: Promise<unknown>[] = []
  if (cases.size > 0) {
    countsChanged(client)
    const storm = cases.size > SINGLY
    if (storm) work.push(refreshCaseLists(client))
    for (const id of cases) {
      if (!storm || client.getQueryCache().find({ queryKey: caseKeys.one(id), type: 'active' }))
        work.push(refreshCase(client, id))
      else client.invalidateQueries({ queryKey: caseKeys.one(id), refetchType: 'none' })
    }
  }
  for (const id of client
    .getQueryCache()
    .findAll({ queryKey: ['cases', 'thread'] })
    .map((q) => String(q.queryKey[2]))) {
    const customer = client.getQueryData<{ customer_id: string }>(caseKeys.one(id))?.customer_id ?? ''
    if (!cases.has(id) && !talking.has(customer)) continue
    if (open.includes(id)) {
      work.push(refreshThread(client, id))
      // An answer of the customer is a change of the conversation.
      if (cases.has(id)) work.push(client.invalidateQueries({ queryKey: surveysOfAll }))
    } else client.invalidateQueries({ queryKey: caseKeys.thread(id), refetchType: 'none' })
  }
  await Promise.allSettled(work)
}

/**
 * Re-reads a customer. Every contact changes its row; only when profiles joined it or
 * left it does the timeline hold other contacts than before, and is read anew.
 */
async function refreshCustomer(client: QueryClient, id: string): Promise<void> {
  const profiles = () => client.getQueryData<Customer>(customerKeys.one(id))?.profiles
  const before = profiles()
  await client.invalidateQueries({ queryKey: customerKeys.one(id) })
  if (profiles() !== before) await client.invalidateQueries({ queryKey: timelineKeys.of(id) })
}
