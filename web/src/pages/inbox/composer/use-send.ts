import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ApiError } from '../../../api/client'
import type { CaseDetail, FileRef, Macro, Message, Outgoing, Reply, Way } from '../../../api/desk'
import { changeCases, forwardCase, putCase, refreshCase, refreshThread } from '../../../api/queries/cases'
import { mySettingsQuery } from '../../../api/queries/desk'
import { cancelSend } from '../../../api/queries/outgoing'
import { send } from '../../../api/send-queue'
import { newKey } from '../../../lib/new-key'
import { useNow } from '../../../lib/now'
import { failed, done as said } from '../../../ui/undo'
import { useInboxView } from '../view'
import { shortWhen } from '../when-words'
import { type DraftHandle, isEmpty } from './draft'
import { type ComposerMode, takenBack } from './wanted'

export interface Outgo {
  readonly html: string
  readonly text: string
  readonly mentions: readonly string[]
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly way: Way | undefined
  readonly files: readonly FileRef[]
  readonly macro: Macro | undefined
  readonly done?: boolean
  readonly at?: number
}

interface SendInput {
  readonly item: CaseDetail
  readonly mode: ComposerMode
  readonly draft: DraftHandle
  readonly include: readonly string[]
  readonly newer: readonly Message[] | undefined
  /** Answers of colleagues that are on their way. */
  readonly leaving: readonly Outgoing[]
  readonly onClose: () => void
}

export interface Sending {
  readonly busy: boolean
  readonly label: string
  /** What came in since the person began, as the server said it when it refused. */
  readonly newer: readonly Message[]
  /** Answers of colleagues that began to leave meanwhile. */
  readonly crossing: readonly Outgoing[]
  /** Something came in that this answer does not know of. */
  readonly stale: boolean
  readonly seen: () => void
  readonly submit: (out: Outgo) => void
}

const GAP = /\{\{\s*([\w.]+)\s*\}\}/

/** Sends what was written, so that nobody answers twice and nothing typed is lost. */
export function useSend({ item, mode, draft, include, newer: given, leaving, onClose }: SendInput): Sending {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useInboxView()
  const now = useNow()
  const own = useQuery(mySettingsQuery).data
  const undoSeconds = own?.undo_s
  const [busy, setBusy] = useState(false)
  const [newer, setNewer] = useState<readonly Message[]>(given ?? [])
  // The newest message that the person had before them when they began to write.
  const [base, setBase] = useState(item.seq)
  const [known, setKnown] = useState<ReadonlySet<string>>(() => new Set(leaving.map((o) => o.id)))
  const crossing = leaving.filter((o) => !known.has(o.id))
  const stale = mode === 'reply' && (item.seq > base || newer.length > 0 || crossing.length > 0)
  const seen = () => {
    setBase(item.seq)
    setNewer([])
    setKnown(new Set(leaving.map((o) => o.id)))
  }

  // A conversation in which nothing was typed yet has nothing to be stale.
  const untouched = draft.state === 'idle'
  useEffect(() => {
    if (untouched) setBase(item.seq)
  }, [untouched, item.seq])

  const submit = (out: Outgo) => {
    if (busy) return
    if (isEmpty({ html: out.html, attachments: out.files })) {
      toast(t('There is nothing to send yet'))
      return
    }
    const gap = GAP.exec(out.html)
    if (gap && mode !== 'note') {
      toast.error(t('There is a gap to fill: {{name}}', { name: gap[1] }))
      return
    }
    if (mode === 'forward') {
      if (out.to.length === 0) {
        toast.error(t('Forward to whom?'))
        return
      }
      setBusy(true)
      forwardCase(item.id, { to: out.to, html: out.html, attachments: out.files.map((f) => f.id), include }).then(
        () => {
          void refreshThread(client, item.id).catch(() => undefined)
          said(t('Forwarded to {{name}}', { name: out.to[0] }))
          onClose()
        },
        (error: unknown) => {
          setBusy(false)
          failed(t('It was not forwarded, your text is kept'), error)
        },
      )
      return
    }
    if (stale) {
      toast(t('Something came in meanwhile: look at it first'))
      return
    }
    if (mode === 'reply' && out.way?.channel === 'mail' && out.to.length === 0) {
      toast.error(t('To whom?'))
      return
    }
    const key = newKey()
    const files = out.files.map((f) => f.id)
    const reply: Reply = {
      if_seq: base,
      seen_outgoing: [...known],
      html: out.html,
      text: out.text,
      attachments: files,
      idempotency_key: key,
      ...(out.way ? { channel: out.way.channel, inbox_id: out.way.inbox_id } : {}),
      ...(out.way?.channel === 'mail' || (!out.way && item.channel === 'mail')
        ? { to: out.to, cc: out.cc, subject: out.subject }
        : {}),
      ...(out.at ? { send_at: new Date(out.at).toISOString() } : {}),
      ...(undoSeconds === undefined ? {} : { undo_s: undoSeconds }),
      ...(out.done ? { done: true } : {}),
      ...(out.macro ? { macro_id: out.macro.id } : {}),
    }
    const waiting = {
      key,
      caseId: item.id,
      html: out.html,
      ...(mode === 'note'
        ? { note: { html: out.html, text: out.text, mentions: out.mentions, attachments: files } }
        : { reply }),
    }
    const then = view.leaving([item])
    const before = item.status
    // It shows as under way at once; a refusal brings everything back.
    const safe = draft.flush()
    onClose()
    if (out.done) then.left?.()
    else if (mode === 'reply' && own?.after_send && own.after_send !== 'stay')
      view.leaving([item], own.after_send).left?.()
    const undone = async (outboxId: string) => {
      await cancelSend(outboxId)
      if (out.done && before !== 'done') {
        const back = await changeCases([item.id], { status: before })
        for (const c of back.changed ?? []) putCase(client, c)
      }
      await refreshCase(client, item.id).catch(() => undefined)
      await refreshThread(client, item.id).catch(() => undefined)
      takenBack(item.id, 'reply')
      view.go(item.id, true)
    }
    safe
      .then(() => send(client, waiting))
      .then(
        async (result) => {
          await draft.clear(result === 'noted' || result === 'kept')
          if (result === 'noted') void refreshCase(client, item.id).catch(() => undefined)
          else if (result === 'kept') toast(t('No connection: it is kept here and sent when Rapport answers'))
          else {
            const { outbox } = result
            const words = out.at
              ? t('Goes out {{when}}', { when: shortWhen(outbox.send_at, now) })
              : out.done
                ? t('Sent and closed')
                : t('Sent')
            said(words, () => undone(outbox.id))
          }
        },
        (error: unknown) => {
          const stale = error instanceof ApiError && error.status === 409
          const list = stale && Array.isArray(error.extra.newer) ? (error.extra.newer as Message[]) : []
          void refreshThread(client, item.id).catch(() => undefined)
          void refreshCase(client, item.id).catch(() => undefined)
          takenBack(item.id, mode, list)
          view.go(item.id, true)
          if (stale) toast.error(t('Not sent: somebody wrote meanwhile'), { description: t('Your text is kept.') })
          else failed(t('It was not sent, your text is kept'), error)
        },
      )
  }
  return {
    busy,
    newer,
    crossing,
    stale,
    seen,
    submit,
    label: mode === 'note' ? t('Add note') : mode === 'forward' ? t('Forward') : stale ? t('Review first') : t('Send'),
  }
}
