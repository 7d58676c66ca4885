/** @jsxImportSource . */

import { fileSize, MAX_FILES, reasonAgainst, reasonWords, type Upload, upload } from './files'
import { ref, View } from './jsx-runtime'
import { connect, type Message, type Opened, openSession, type Pending, type Shown, type Survey } from './line'
import { type Words, wordsFor } from './panel-words'

const inbox = location.pathname.split('/')[2] ?? ''
const base = `${location.origin}/w/${inbox}`
const hash = new URLSearchParams(location.hash.slice(1))
const site = hash.get('o') ?? ''
const lang = hash.get('l') ?? navigator.language
let t: Words
document.documentElement.lang = lang
document.documentElement.dir = lang.startsWith('ar') || hash.get('d') === 'rtl' ? 'rtl' : 'ltr'

const tell = (message: Record<string, unknown>) => site && parent.postMessage({ rapport: 1, ...message }, site)

/** What outlives the page: the site keeps it for us, since browsers keep frames of other sites from storing. */
let kept: { token?: string; queue?: readonly Pending[] } = {}
const keep = (more: typeof kept) => {
  kept = { ...kept, ...more }
  tell({ type: 'keep', kept })
}
const queued = (): readonly Pending[] => kept.queue ?? []
const id = () => `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(2)).join('')}`

function when(at: string): string {
  const then = new Date(at)
  const today = then.toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(
    lang,
    today ? { hour: 'numeric', minute: '2-digit' } : { weekday: 'long', hour: 'numeric', minute: '2-digit' },
  ).format(then)
}

interface Chosen extends Upload {
  readonly problem?: string
}
interface State {
  readonly opened?: Opened
  readonly messages: readonly Message[]
  readonly pending: readonly Pending[]
  readonly typing: string
  readonly online: boolean
  readonly text: string
  readonly answers: Readonly<Record<string, string>>
  readonly shown: boolean
  readonly survey?: Survey | undefined
  /** What is chosen and typed, but not sent yet. */
  readonly score?: number | undefined
  readonly comment?: string | undefined
  readonly files: readonly Chosen[] // that the next message takes along
  readonly parts: Readonly<Record<string, number>> // of each upload: how much went
  readonly seen: number // until which message somebody of the firm has read
}

/** The bytes of files that were not sent yet, by their key. */
const held = new Map<string, File>()

/** A file that was sent: what it shows, if it is a picture, and where it is. */
const shownFile = (f: Shown) => (
  <a key={f.url} class="file" href={f.url} download={f.name} target="_blank" rel="noopener">
    {f.picture ? (
      <img
        src={f.picture}
        alt=""
        loading="lazy"
        onerror={(e) => {
          ;(e as Event & { currentTarget: HTMLElement }).currentTarget.hidden = true
        }}
      />
    ) : null}
    <span class="name">{f.name}</span>
    <small>{fileSize(lang, f.size)}</small>
  </a>
)

/** Some minutes or hours, said in the visitor's language. */
const span = (seconds: number) => {
  const minutes = Math.max(1, Math.ceil(seconds / 60))
  return new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: minutes < 90 ? 'minute' : 'hour',
    unitDisplay: 'long',
  }).format(minutes < 90 ? minutes : Math.ceil(minutes / 60))
}

/** White or nearly black, whichever is easier to read on a colour (WCAG 2.2, relative luminance). */
const lettersOn = (colour: string) => {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const v = Number.parseInt(colour.slice(i, i + 2), 16) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#111111' : '#ffffff'
}

class Panel extends View<State> {
  line: ReturnType<typeof connect> | undefined
  opened: Opened | undefined
  going = new Set<string>()
  fresh = 0
  read = 0
  retry = 0
  log = ref<HTMLDivElement>()
  field = ref<HTMLTextAreaElement>()
  picker = ref<HTMLInputElement>()

  store(pending: readonly Pending[]) {
    keep({ queue: pending })
    this.set({ pending })
  }
  settle(done: string) {
    for (const p of queued()) if (done.endsWith(p.id)) for (const f of p.files ?? []) held.delete(f.key)
    this.store(queued().filter((p) => !done.endsWith(p.id)))
  }
  add(m: Message) {
    const { messages } = this.state
    if (!messages.some((o) => o.id === m.id)) this.set({ messages: [...messages, m].sort((x, y) => x.seq - y.seq) })
  }

  /** Sends what can be sent: files, and the messages whose files are all there. */
  pump() {
    const waiting = queued().filter((p) => !p.problem)
    for (const f of [...this.state.files.filter((c) => !c.problem), ...waiting.flatMap((p) => p.files ?? [])])
      if (!f.id) void this.bring(f)
    for (const p of waiting) if (p.files?.every((f) => f.id) ?? true) void this.line?.send(p)
  }
  /** Changes a file wherever it stands; a problem stops the message that waits for it. */
  put(key: string, change: { id?: string; problem?: string }) {
    this.set({ files: this.state.files.map((f) => (f.key === key ? { ...f, ...change } : f)) })
    if (queued().some((p) => p.files?.some((f) => f.key === key)))
      this.store(
        queued().map((p) =>
          p.files?.some((f) => f.key === key)
            ? {
                ...p,
                files: p.files.map((f) => (f.key === key && change.id ? { ...f, id: change.id } : f)),
                ...(change.problem ? { problem: change.problem } : {}),
              }
            : p,
        ),
      )
  }
  async bring({ key, name }: Upload) {
    const file = held.get(key)
    if (!file) return this.put(key, { problem: t.gone })
    if (!this.opened || this.going.has(key)) return
    this.going.add(key)
    try {
      const id = await upload(base, this.opened.session, file, (part) =>
        this.set({ parts: { ...this.state.parts, [key]: part } }),
      )
      this.put(key, { id })
      this.pump()
    } catch (reason) {
      if (typeof reason === 'string' && reason) this.put(key, { problem: reasonWords(t, reason, name) })
      else window.setTimeout(() => this.pump(), 2000 + Math.random() * 2000) // the connection broke
    } finally {
      this.going.delete(key)
    }
  }
  choose(list: FileList | null | undefined) {
    const files = [...this.state.files]
    for (const file of list ?? []) {
      if (files.length >= MAX_FILES) {
        if (!files.some((f) => !f.name)) files.push({ key: id(), name: '', size: 0, problem: t.count })
        break
      }
      const f = { key: id(), name: file.name, size: file.size }
      const reason = reasonAgainst(file)
      if (!reason) held.set(f.key, file)
      files.push(reason ? { ...f, problem: reasonWords(t, reason, f.name) } : f)
    }
    this.set({ files })
    this.pump()
  }
  drop(key: string) {
    held.delete(key)
    this.set({ files: this.state.files.filter((f) => f.key !== key) })
    this.field.current?.focus()
  }

  async begin(identity: string): Promise<void> {
    this.line?.close()
    clearTimeout(this.retry)
    try {
      const opened = await openSession(base, kept.token ?? '', identity, lang, site)
      const { messages } = opened
      if (opened.visitor) keep({ token: opened.visitor })
      this.read = opened.read_seq
      this.opened = opened
      this.fresh = Date.now()
      this.set({ opened, messages, online: true, seen: opened.seen_seq, survey: opened.survey })
      const colour = opened.colour || '#2b5fd9'
      const on = lettersOn(colour)
      document.documentElement.style.setProperty('--accent', colour)
      document.documentElement.style.setProperty('--on', on)
      tell({ type: 'look', colour, on, position: opened.position })
      this.line = connect(base, opened.session, messages[messages.length - 1]?.seq ?? 0, {
        message: (m) => {
          this.add(m)
          if (m.from === 'visitor' && m.id) this.settle(m.id)
          else this.set({ typing: '' })
        },
        typing: (name, on) => this.set({ typing: on ? name : '' }),
        sent: (done, m) => {
          this.settle(done)
          if (m) this.add(m)
        },
        refused: (which, why, reason) =>
          this.store(
            queued().map((p) =>
              p.id === which
                ? {
                    ...p,
                    problem: reason ? reasonWords(t, reason, '') : why,
                    // Those that the server does not know are uploaded again.
                    ...(reason === 'gone' && p.files ? { files: p.files.map(({ id: _, ...f }) => f) } : {}),
                  }
                : p,
            ),
          ),
        seen: (seen) => this.set({ seen: Math.max(seen, this.state.seen) }),
        online: (online) => {
          this.set({ online })
          if (online) this.pump()
        },
        survey: (survey) => this.set({ survey }),
        ended: () => void this.begin(''),
      })
    } catch {
      this.set({ online: false })
      this.retry = window.setTimeout(() => void this.begin(identity), 3000 + Math.random() * 3000)
    }
  }

  start() {
    addEventListener('message', (e) => {
      if (e.source !== parent || (site && e.origin !== site) || !e.data?.rapport) return
      const { type, token } = e.data
      if (type === 'begin') {
        try {
          kept = { ...kept, ...JSON.parse(e.data.kept ?? '{}') }
        } catch {
          // Somebody else wrote there.
        }
        this.set({ pending: queued() })
        // Bytes that a page before this one held are gone with it.
        for (const p of queued().filter((p) => !p.problem))
          for (const f of p.files ?? []) if (!f.id && !held.has(f.key)) this.put(f.key, { problem: t.gone })
        void this.begin(token)
      }
      if (type === 'open' || type === 'close') this.set({ shown: type === 'open' })
      if (type === 'open') this.field.current?.focus()
    })
    // What is in view is read; addresses of files end after an hour.
    document.addEventListener('visibilitychange', () => this.look())
    window.setInterval(() => this.look(), 60_000)
    addEventListener('pagehide', () =>
      this.line?.leave(queued().filter((p) => !p.problem && !p.files?.some((f) => !f.id))),
    )
    addEventListener('beforeunload', (e) => {
      if ([...this.state.files, ...queued().flatMap((p) => p.files ?? [])].some((f) => !f.id && held.has(f.key)))
        e.preventDefault()
    })
    addEventListener('dragover', (e) => e.preventDefault())
    addEventListener('drop', (e) => {
      e.preventDefault()
      this.choose(e.dataTransfer?.files)
    })
    tell({ type: 'ready' })
    if (parent === window) void this.begin('')
  }

  after(old: State) {
    const { messages, shown, pending, typing, survey } = this.state
    const el = this.log.current
    // Whoever reads further up stays there, unless they wrote.
    if (
      el &&
      (shown !== old.shown ||
        pending.length > old.pending.length ||
        (this.atEnd && (messages !== old.messages || typing !== old.typing || survey !== old.survey)))
    )
      el.scrollTop = el.scrollHeight
    this.look()
  }
  atEnd = true

  /** Notes what stands in view of an open panel on a page that is looked at. */
  look() {
    const { messages, shown, opened } = this.state
    const el = this.log.current
    if (!opened || !el) return
    this.atEnd = el.scrollTop + el.clientHeight >= el.scrollHeight - 24
    if (shown && document.visibilityState === 'visible') {
      const below = el.getBoundingClientRect().bottom
      let newest = 0
      for (const row of el.querySelectorAll<HTMLElement>('[data-seq]'))
        if (this.atEnd || row.getBoundingClientRect().bottom <= below + 8)
          newest = Math.max(newest, Number(row.dataset.seq))
      if (newest > this.read) {
        this.read = newest
        this.line?.seen(newest)
      }
      if (Date.now() - this.fresh > 50 * 60_000 && messages.some((m) => m.files)) {
        this.fresh = Date.now()
        void this.line?.all().then((all) => {
          if (all.length) this.set({ messages: all })
        })
      }
    }
    tell({ type: 'unread', n: messages.filter((m) => m.from !== 'visitor' && m.seq > this.read).length })
  }

  asks() {
    const { opened, messages, pending } = this.state
    return opened && !opened.known && messages.length + pending.length === 0 ? opened.prechat : []
  }
  missing() {
    return this.asks().some((q) => q.required && !this.state.answers[q.name]?.trim())
  }

  ready() {
    const { text, files } = this.state
    return (text.trim() || files.length) && !files.some((f) => f.problem) && !this.missing()
  }
  again(p: Pending) {
    this.store(queued().map(({ problem, ...q }) => (q.id === p.id || !problem ? q : { ...q, problem })))
    this.pump()
  }

  submit() {
    const { text, answers, files } = this.state
    if (!this.ready()) return
    const p: Pending = { id: id(), text: text.trim(), answers, ...(files.length ? { files } : {}) }
    this.store([...queued(), p])
    this.set({ text: '', files: [] })
    this.pump()
    this.field.current?.focus()
  }

  async rate(s: Survey) {
    const { score = s.score, comment = s.text ?? '' } = this.state
    try {
      const response = await this.line?.rate(s.id, score, comment)
      if (response?.ok) this.set({ survey: await response.json(), score: undefined, comment: undefined })
    } catch {
      this.set({ online: false }) // it stands as it is, to be sent again
    }
  }

  survey(s: Survey) {
    const { score = s.score, comment = s.text ?? '' } = this.state
    return (
      <form
        class="ask"
        onsubmit={(e) => {
          e.preventDefault()
          void this.rate(s)
        }}
      >
        <fieldset>
          <legend>{s.question}</legend>
          {s.scores.map((n, i) => (
            <label key={n}>
              <input
                type="radio"
                name="score"
                checked={n === s.score}
                aria-label={`${n} ${i ? (i === s.scores.length - 1 ? s.high : '') : s.low}`}
                onchange={() => this.set({ score: n })}
              />
              {n}
            </label>
          ))}
          <p>
            <span>{s.low}</span>
            <span>{s.high}</span>
          </p>
        </fieldset>
        {score < 0 ? null : (
          <label>
            {s.comment}
            <textarea
              rows={2}
              maxlength={2000}
              value={comment}
              oninput={(e) => this.set({ comment: e.currentTarget.value })}
            />
          </label>
        )}
        {score < 0 ? null : <button type="submit">{s.send}</button>}
        {s.thanks ? <p role="status">{s.thanks}</p> : null}
      </form>
    )
  }

  /** A file on its way: its name, and how much of it went or why it did not. */
  chosen(f: Chosen, parts: State['parts'], removable = false) {
    return (
      <span key={f.key} class={`file ${f.problem ? 'bad' : ''}`}>
        <span class="name">{f.problem ?? f.name}</span>
        {f.problem || f.id ? (
          <small>{f.problem ? '' : fileSize(lang, f.size)}</small>
        ) : (
          <progress aria-label={f.name} max={1} value={parts[f.key] ?? 0} />
        )}
        {removable ? (
          <button
            type="button"
            class="icon"
            aria-label={t.remove.replace('{name}', f.name)}
            onclick={() => this.drop(f.key)}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 6l12 12M18 6L6 18" />
            </svg>
          </button>
        ) : null}
      </span>
    )
  }

  render() {
    const { survey, opened, messages, pending, typing, online, text, answers, files, parts, seen } = this.state
    const seenLast = messages.findLast((m) => m.seq <= seen || m.from !== 'visitor')
    const wantsMail = opened && !opened.known && !opened.email && messages.length + pending.length > 0 && !answers.email
    return (
      <div class="panel" role="dialog" aria-label={opened?.name || 'Chat'}>
        <header>
          <div>
            <h1>{opened?.name || 'Chat'}</h1>
            <p>
              {opened?.open
                ? `${t.here}${opened.usual_s ? ` ${t.usual.replace('{time}', span(opened.usual_s))}` : ''}`
                : opened
                  ? `${t.away}${opened.next_open ? ` ${t.back.replace('{when}', when(opened.next_open))}` : ''}`
                  : ''}
            </p>
          </div>
          <button type="button" class="icon" aria-label={t.close} onclick={() => tell({ type: 'close' })}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 6l12 12M18 6L6 18" />
            </svg>
          </button>
        </header>
        {online ? null : (
          <p class="offline" role="status">
            {t.offline}
          </p>
        )}
        <div
          class="log"
          role="log"
          aria-live="polite"
          aria-label={t.log}
          tabindex={0}
          ref={this.log}
          onscroll={() => this.look()}
        >
          {opened?.greeting ? (
            <p class="greeting" dir="auto">
              {opened.greeting}
            </p>
          ) : null}
          {messages.map((m) =>
            m.copied ? (
              <p key={m.id} data-seq={m.seq} class="typing">{`${t.byMail}: ${m.copied}`}</p>
            ) : (
              <div key={m.id} data-seq={m.seq} class={`row ${m.from === 'visitor' ? 'mine' : 'theirs'}`}>
                {m.from === 'visitor' ? null : <span class="who">{m.name}</span>}
                {m.text ? (
                  <p class="bubble" dir="auto">
                    {m.text}
                  </p>
                ) : null}
                {m.files?.map((f) => shownFile(f))}
                <time datetime={m.at}>
                  {new Intl.DateTimeFormat(lang, { hour: 'numeric', minute: '2-digit' }).format(new Date(m.at))}
                  {m.by_mail ? ` · ${t.byMail}` : ''}
                  {m === seenLast && m.from === 'visitor' ? ` · ${t.seen}` : ''}
                </time>
              </div>
            ),
          )}
          {pending
            .filter((p) => !messages.some((m) => m.id?.endsWith(p.id)))
            .map((p) => (
              <div key={p.id} class="row mine pending">
                {p.text ? (
                  <p class="bubble" dir="auto">
                    {p.text}
                  </p>
                ) : null}
                {p.files?.map((f) => this.chosen(f, parts))}
                <span>
                  {p.problem ?? (p.files?.some((f) => !f.id) ? t.stay : online ? t.sending : t.unsent)}
                  {p.problem
                    ? [
                        <button key="again" type="button" class="link" onclick={() => this.again(p)}>
                          {t.retry}
                        </button>,
                        <button key="remove" type="button" class="link" onclick={() => this.settle(p.id)}>
                          {t.remove.replace('{name}', '').trim()}
                        </button>,
                      ]
                    : null}
                </span>
              </div>
            ))}
          {typing ? <p class="typing">{t.typing.replace('{name}', typing)}</p> : null}
          {survey ? this.survey(survey) : null}
        </div>
        <form
          onsubmit={(e) => {
            e.preventDefault()
            this.submit()
          }}
        >
          {this.asks().map((q) => (
            <label key={q.name}>
              {q.label}
              <input
                type="text"
                inputmode={q.name === 'email' ? 'email' : 'text'}
                autocomplete={q.name}
                required={q.required}
                value={answers[q.name] ?? ''}
                oninput={(e) => this.set({ answers: { ...answers, [q.name]: e.currentTarget.value } })}
              />
            </label>
          ))}
          {wantsMail ? (
            <label>
              {t.leave}
              <input
                type="text"
                inputmode="email"
                autocomplete="email"
                placeholder={t.mail}
                onchange={(e) => this.set({ answers: { ...answers, email: e.currentTarget.value } })}
              />
            </label>
          ) : null}
          {files.length ? (
            <ul class="chosen">
              {files.map((f) => (
                <li key={f.key}>{this.chosen(f, parts, true)}</li>
              ))}
            </ul>
          ) : null}
          <div class="write">
            <input
              type="file"
              multiple
              hidden
              ref={this.picker}
              onchange={(e) => {
                this.choose(e.currentTarget.files)
                e.currentTarget.value = ''
              }}
            />
            <button type="button" class="icon clip" aria-label={t.attach} onclick={() => this.picker.current?.click()}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7L9.5 17a1.7 1.7 0 0 1-2.4-2.4L14.5 7" />
              </svg>
            </button>
            <textarea
              ref={this.field}
              rows={1}
              aria-label={t.placeholder}
              placeholder={t.placeholder}
              value={text}
              maxlength={10000}
              oninput={(e) => {
                this.set({ text: e.currentTarget.value })
                this.line?.typing('typing')
              }}
              onpaste={(e) => {
                if (e.clipboardData?.files.length) {
                  e.preventDefault()
                  this.choose(e.clipboardData.files)
                }
              }}
              onblur={() => this.line?.typing('stopped')}
              onkeydown={(e) => {
                if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
                  e.preventDefault()
                  this.submit()
                }
                if (e.key === 'Escape') tell({ type: 'close' })
              }}
            />
            <button type="submit" class="send" aria-label={t.send} disabled={!this.ready()}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M4 12l16-8-6 16-3-7z" />
              </svg>
            </button>
          </div>
        </form>
      </div>
    )
  }
}

const root = document.getElementById('root')
void wordsFor(lang).then((words) => {
  t = words
  if (!root) return
  const panel = new Panel(root, {
    messages: [],
    pending: queued(),
    typing: '',
    online: true,
    text: '',
    answers: {},
    shown: parent === window,
    files: [],
    parts: {},
    seen: 0,
  })
  panel.draw()
  panel.start()
})
