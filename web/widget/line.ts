// The line to the server: a socket, server-sent events where sockets don't pass,
// and a queue of what could not be sent yet.
import type { Upload } from './files'

export interface Shown {
  readonly name: string
  readonly size: number
  readonly url: string // good for an hour
  readonly picture?: string
}
export interface Message {
  readonly seq: number
  readonly id: string
  readonly from: 'visitor' | 'agent' | 'rule'
  readonly name?: string
  readonly text: string
  readonly files?: readonly Shown[]
  readonly at: string
  readonly by_mail?: boolean
  readonly copied?: string
}
export interface Pending {
  readonly id: string
  readonly text: string
  readonly answers?: Readonly<Record<string, string>>
  readonly files?: readonly Upload[]
  readonly problem?: string
}
/** How it went: a question with its words in the visitor's language. */
export interface Survey {
  readonly id: string
  readonly question: string
  readonly scores: readonly number[]
  readonly low: string
  readonly high: string
  readonly comment: string
  readonly send: string
  readonly thanks?: string
  readonly score: number
  readonly text?: string
}
export interface Opened {
  readonly visitor?: string
  readonly session: string
  readonly known: boolean
  readonly name: string
  readonly greeting: string
  readonly colour: string
  readonly position: string
  readonly prechat: readonly { readonly name: string; readonly label: string; readonly required: boolean }[]
  readonly open: boolean
  readonly next_open?: string
  readonly messages: readonly Message[]
  readonly read_seq: number
  readonly seen_seq: number
  readonly usual_s?: number
  readonly email?: string
  readonly survey?: Survey
}
interface Told {
  readonly type: 'message' | 'typing' | 'seen' | 'ack' | 'error' | 'survey'
  readonly message?: Message
  readonly name?: string
  readonly state?: string
  readonly id?: string
  readonly detail?: string
  readonly survey?: Survey
  readonly reason?: string
  readonly seq?: number
}

export interface Handlers {
  message: (m: Message) => void
  typing: (name: string, on: boolean) => void
  sent: (id: string, m?: Message) => void
  refused: (id: string, why: string, reason?: string) => void
  seen: (seq: number) => void
  online: (on: boolean) => void
  survey: (s?: Survey) => void
  ended: () => void
}

export async function openSession(
  base: string,
  visitor: string,
  identity: string,
  locale: string,
  site: string,
): Promise<Opened> {
  const response = await fetch(`${base}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ visitor, identity, locale, site }),
  })
  if (!response.ok) throw new Error(String(response.status))
  return (await response.json()) as Opened
}

/** Keeps a connection until close is called; what can't be sent is sent later, once. */
export function connect(base: string, session: string, after: number, on: Handlers) {
  let socket: WebSocket | undefined
  let events: EventSource | undefined
  let last = after
  let tries = 0
  let barred = 0 // sockets in a row that did not open, or closed at once
  let ended = false
  let timer = 0
  const headers = { 'Content-Type': 'application/json', 'X-Rapport-Session': session }

  const told = (data: string) => {
    const e = JSON.parse(data) as Told
    if (e.type === 'message' && e.message) {
      last = Math.max(last, e.message.seq)
      on.message(e.message)
    }
    if (e.type === 'typing') on.typing(e.name ?? '', e.state === 'typing')
    if (e.type === 'survey') on.survey(e.survey)
    if (e.type === 'ack' && e.id) on.sent(e.id, e.message)
    if (e.type === 'error' && e.id) on.refused(e.id, e.detail ?? '', e.reason)
    if (e.type === 'seen') on.seen(e.seq ?? 0)
  }
  const again = () => {
    if (ended) return
    on.online(false)
    tries++
    // With jitter, so that a thousand widgets don't come back at once.
    timer = window.setTimeout(dial, Math.min(30_000, 500 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random()))
  }
  const dial = () => {
    if (ended) return
    void post('/ticket', {}).then(async (response) => {
      if (response.status === 401) {
        // The session is over, or somebody else signed in: begin anew.
        ended = true
        on.ended()
      } else if (response.ok) open(((await response.json()) as { ticket: string }).ticket)
      else again()
    }, again)
  }
  const open = (ticket: string) => {
    if (ended) return
    const query = new URLSearchParams({ ticket, after: String(last) })
    // Something between us does not let sockets pass.
    if (barred >= 2) {
      events = new EventSource(`${base}/stream?${query}`)
      events.onopen = () => {
        tries = 0
        on.online(true)
      }
      events.onmessage = (e: MessageEvent<string>) => told(e.data)
      events.onerror = () => {
        // Its ticket was for once.
        events?.close()
        events = undefined
        again()
      }
      return
    }
    socket = new WebSocket(`${base.replace(/^http/, 'ws')}/socket?${query}`)
    let opened = 0
    socket.onopen = () => {
      opened = Date.now()
      tries = 0
      on.online(true)
    }
    socket.onmessage = (e: MessageEvent<string>) => told(e.data)
    socket.onclose = () => {
      barred = opened && Date.now() - opened > 5000 ? 0 : barred + 1
      again()
    }
  }
  const post = (path: string, body: unknown, keepalive = false) =>
    fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body), keepalive })
  const live = () => socket?.readyState === WebSocket.OPEN

  const wired = ({ id, text, answers, files }: Pending) => ({ id, text, answers, files: files?.map((f) => f.id) })
  const send = async (pending: Pending): Promise<void> => {
    const p = wired(pending)
    if (live()) {
      socket?.send(JSON.stringify({ type: 'message', ...p }))
      return
    }
    if (!events) return // it goes out when the socket is back
    try {
      const response = await post('/messages', p)
      if (response.ok) on.sent(p.id, (await response.json()) as Message)
      else if (response.status === 422) {
        const { detail, reason } = (await response.json()) as { detail: string; reason?: string }
        on.refused(p.id, detail, reason)
      }
    } catch {
      on.online(false)
    }
  }
  // A dead socket is not noticed for minutes; the browser knows at once.
  const lost = () => {
    socket?.close()
    if (!events) return
    events.close()
    events = undefined
    again()
  }
  const found = () => {
    clearTimeout(timer)
    if (!live() && !events) dial()
  }
  addEventListener('offline', lost)
  addEventListener('online', found)
  dial()
  return {
    send,
    /** A visitor who leaves takes nothing along that could still go out; the server knows what it has by its id. */
    leave: (pending: readonly Pending[]) => {
      for (const p of pending) void post('/messages', wired(p), true).catch(() => undefined)
    },
    rate: (id: string, score: number, comment: string) => post('/survey', { id, score, comment }),
    /** Everything once more, with addresses of files that are good again. */
    all: async (): Promise<readonly Message[]> => {
      const response = await fetch(`${base}/messages`, { headers })
      return response.ok ? ((await response.json()) as { messages: readonly Message[] }).messages : []
    },
    seen: (seq: number) =>
      live() ? socket?.send(JSON.stringify({ type: 'seen', seq })) : void post('/seen', { seq }).catch(() => undefined),
    typing: (state: 'typing' | 'stopped') =>
      live()
        ? socket?.send(JSON.stringify({ type: 'typing', state }))
        : events && void post('/typing', {}).catch(() => undefined),
    close: () => {
      ended = true
      clearTimeout(timer)
      removeEventListener('offline', lost)
      removeEventListener('online', found)
      events?.close()
      socket?.close()
    },
  }
}
