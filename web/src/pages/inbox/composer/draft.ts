import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../../api/client'
import type { Draft, DraftContent } from '../../../api/desk'
import { type DraftKind, dropDraft, readDraft, writeDraft } from '../../../api/queries/outgoing'
import { forget, keep, kept } from '../../../lib/vault'

/** Within a second of the last key a draft is on the server. */
const SAVE_MS = 600
/** While somebody keeps on writing it is saved this often. */
const LONGEST_MS = 3000
/** How often a colleague's draft is looked at while they write it. */
const LOOK_MS = 1500

interface Local {
  readonly content: DraftContent
  /** The server's version that this was written on top of. */
  readonly base: number
}

const nameOf = (caseId: string, kind: DraftKind): string => `draft:${kind}:${caseId}`

export function keepLocalDraft(caseId: string, kind: DraftKind, content: DraftContent): void {
  void keep(nameOf(caseId, kind), { content, base: 0 } satisfies Local).catch(() => undefined)
}

export const isEmpty = (c: DraftContent): boolean =>
  c.html.replace(/<(?!img)[^>]*>|&nbsp;|\s/gi, '') === '' && (c.attachments ?? []).length === 0

/** Which of two drafts to begin with: what was typed here and not saved wins, unless the server has a newer one. */
export function begin(
  server: Draft | undefined,
  local: Local | undefined,
): { readonly content: DraftContent | undefined; readonly conflict: Draft | undefined; readonly dirty: boolean } {
  if (!local || isEmpty(local.content)) return { content: server?.content, conflict: undefined, dirty: false }
  const same = server?.content.html === local.content.html
  if (!server || same || server.version <= local.base)
    return { content: local.content, conflict: undefined, dirty: !same }
  return { content: local.content, conflict: server, dirty: true }
}

export type DraftState = 'idle' | 'typing' | 'saved' | 'offline'

export interface DraftHandle {
  /** What to begin with; undefined while it is read. */
  readonly start: DraftContent | null | undefined
  readonly state: DraftState
  /** The colleague who wrote the draft that this began with. */
  readonly author: { readonly id: string; readonly name: string; readonly at: string } | undefined
  /** A colleague's newer draft, while there are unsaved words here. */
  readonly conflict: Draft | undefined
  readonly edit: (content: DraftContent) => void
  readonly keepMine: () => void
  readonly takeTheirs: () => void
  /** It was sent or thrown away. */
  readonly clear: (onServer: boolean) => Promise<void>
  /** Everything typed is on the server or kept here. */
  readonly flush: () => Promise<void>
}

/** The draft of one conversation: shared through the server, and safe here until it has arrived. */
export function useDraft(caseId: string, kind: DraftKind, me: string, writing: boolean): DraftHandle {
  const [start, setStart] = useState<DraftContent | null>()
  const [state, setState] = useState<DraftState>('idle')
  const [conflict, setConflict] = useState<Draft>()
  const [author, setAuthor] = useState<DraftHandle['author']>()
  const live = useRef({ version: 0, content: undefined as DraftContent | undefined, dirty: false, closed: false })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const since = useRef(0)
  const saving = useRef<Promise<void>>(Promise.resolve())

  const save = useCallback(() => {
    clearTimeout(timer.current)
    since.current = 0
    const run = async () => {
      const now = live.current
      const content = now.content
      if (!now.dirty || !content) return
      now.dirty = false
      try {
        if (isEmpty(content)) {
          if (now.version > 0) await dropDraft(caseId, kind)
          now.version = 0
        } else now.version = (await writeDraft(caseId, kind, content, now.version)).version
        if (!now.dirty) {
          await forget(nameOf(caseId, kind)).catch(() => undefined)
          setState(isEmpty(content) ? 'idle' : 'saved')
        }
      } catch (error) {
        now.dirty = true
        if (error instanceof ApiError && error.status === 409) {
          const theirs = (error.extra.current ?? (await readDraft(caseId, kind).catch(() => undefined))) as
            | Draft
            | undefined
          if (theirs) setConflict(theirs)
        } else setState('offline')
      }
    }
    saving.current = saving.current.then(run, run)
    return saving.current
  }, [caseId, kind])

  // The drafts on the server and in this browser are outside React.
  useEffect(() => {
    const now = { version: 0, content: undefined as DraftContent | undefined, dirty: false, closed: false }
    live.current = now
    void (async () => {
      const local = await kept<Local>(nameOf(caseId, kind))
      const server = await readDraft(caseId, kind).catch(() => undefined)
      if (now.closed) return
      const first = begin(server, local)
      now.version = server?.version ?? local?.base ?? 0
      now.content = first.content
      now.dirty = first.dirty
      if (server && server.author_id !== me)
        setAuthor({ id: server.author_id, name: server.author, at: server.updated_at })
      setConflict(first.conflict)
      setStart(first.content ?? null)
      setState(first.content && !first.dirty ? 'saved' : 'idle')
      if (first.dirty && !first.conflict) void save()
    })()
    const again = () => {
      if (live.current.dirty) void save()
    }
    window.addEventListener('online', again)
    // Leaving the page saves what the timer has not reached.
    const hide = () => {
      if (document.visibilityState === 'hidden' && live.current.dirty) void save()
    }
    document.addEventListener('visibilitychange', hide)
    return () => {
      window.removeEventListener('online', again)
      document.removeEventListener('visibilitychange', hide)
      if (now.dirty) void save()
      now.closed = true
    }
  }, [caseId, kind, me, save])

  // While a colleague writes and nothing was typed here, their words are shown as they come.
  useEffect(() => {
    if (!writing) return
    const look = async () => {
      const now = live.current
      if (now.dirty || now.closed) return
      const theirs = await readDraft(caseId, kind).catch(() => undefined)
      if (!theirs || live.current !== now || now.dirty || theirs.version <= now.version || theirs.author_id === me)
        return
      now.version = theirs.version
      now.content = theirs.content
      setAuthor({ id: theirs.author_id, name: theirs.author, at: theirs.updated_at })
      setStart(theirs.content)
    }
    const timer = setInterval(() => void look(), LOOK_MS)
    return () => clearInterval(timer)
  }, [writing, caseId, kind, me])

  const edit = useCallback(
    (content: DraftContent) => {
      const now = live.current
      now.content = content
      now.dirty = true
      setState('typing')
      void keep(nameOf(caseId, kind), { content, base: now.version } satisfies Local).catch(() => undefined)
      clearTimeout(timer.current)
      const at = Date.now()
      if (since.current === 0) since.current = at
      timer.current = setTimeout(() => void save(), Math.max(0, Math.min(SAVE_MS, since.current + LONGEST_MS - at)))
    },
    [caseId, kind, save],
  )
  return {
    start,
    state,
    author,
    conflict,
    edit,
    keepMine: useCallback(() => {
      live.current.version = conflict?.version ?? live.current.version
      live.current.dirty = true
      setConflict(undefined)
      void save()
    }, [conflict, save]),
    takeTheirs: useCallback(() => {
      if (!conflict) return
      live.current.version = conflict.version
      live.current.content = conflict.content
      live.current.dirty = false
      void forget(nameOf(caseId, kind)).catch(() => undefined)
      setStart({ ...conflict.content })
      setConflict(undefined)
    }, [conflict, caseId, kind]),
    clear: useCallback(
      async (onServer: boolean) => {
        clearTimeout(timer.current)
        const now = live.current
        now.dirty = false
        now.content = undefined
        await saving.current
        if (onServer && now.version > 0) await dropDraft(caseId, kind).catch(() => undefined)
        now.version = 0
        setState('idle')
        setAuthor(undefined)
        await forget(nameOf(caseId, kind)).catch(() => undefined)
      },
      [caseId, kind],
    ),
    flush: save,
  }
}
