import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { healthQuery, type InboxView, inboxViewsQuery } from '../../api/queries/admin'
import { Button } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { Dialog } from '../../ui/dialog'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { ChatForm } from './chat-form'
import { Group } from './group'
import { HealthDot, useHealthWord, wholeState } from './health-dot'
import { Connect, PutAway, setInboxState } from './inbox-manage'
import { MailForm } from './mail-form'
import { RoundTrip } from './round-trip'
import { Snippet } from './snippet'

type Opened =
  | { readonly what: 'new'; readonly kind: 'mail' | 'chat' }
  | { readonly what: 'edit' | 'after'; readonly inbox: InboxView }

export function Inboxes() {
  const { t } = useTranslation()
  const query = useQuery(inboxViewsQuery)
  const health = useQuery(healthQuery).data ?? []
  const word = useHealthWord()
  const [opened, setOpened] = useState<Opened>()
  const client = useQueryClient()
  const shown = (query.data ?? []).filter((i) => i.state !== 'archived')
  const away = (query.data ?? []).filter((i) => i.state === 'archived')
  const restore = (i: InboxView) =>
    attempt(t('The inbox was not restored'), async () => {
      const saved = await setInboxState(client, i, 'active')
      done(t('“{{name}}” is back', { name: i.name }), () => setInboxState(client, saved, 'archived'))
    })
  useCameBack()
  const close = () => setOpened(undefined)
  const inbox = opened && opened.what !== 'new' ? opened.inbox : undefined
  const kind = opened?.what === 'new' ? opened.kind : inbox?.kind
  const Form = kind === 'chat' ? ChatForm : MailForm
  return (
    <Group
      title={t('Inboxes')}
      action={
        <div className="flex flex-wrap gap-2">
          <Button look="primary" onClick={() => setOpened({ what: 'new', kind: 'mail' })}>
            {t('New mail inbox…')}
          </Button>
          <Button onClick={() => setOpened({ what: 'new', kind: 'chat' })}>{t('New chat…')}</Button>
        </div>
      }
    >
      <p className="mb-2 max-w-[60ch] text-muted">
        {t('The addresses and the chats that customers write to. Each brings its messages into the inbox.')}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The inboxes could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : shown.length === 0 ? (
        <p>{t('No inbox yet. Start with the address that customers already write to.')}</p>
      ) : (
        <ul className="border-t border-line">
          {shown.map((i) => {
            const state = wholeState(
              i.state,
              health.find((h) => h.inbox_id === i.id),
            )
            return (
              <li key={i.id} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
                <ChannelGlyph channel={i.kind} />
                <div className="min-w-0 flex-1 basis-40">
                  <p className="truncate font-medium">{i.name}</p>
                  {i.address ? <p className="truncate text-label text-muted">{i.address}</p> : null}
                </div>
                <span className="inline-flex items-center gap-2 text-label text-muted">
                  <HealthDot state={state} />
                  {word(state)}
                </span>
                <Button
                  size="small"
                  onClick={() => setOpened({ what: 'edit', inbox: i })}
                  aria-label={t('Change {{name}}', { name: i.name })}
                >
                  {t('Change…')}
                </Button>
              </li>
            )
          })}
        </ul>
      )}
      {away.length > 0 ? (
        <details className="mt-4">
          <summary className="cursor-pointer text-muted">{t('Put away: {{n}}', { n: away.length })}</summary>
          <ul className="mt-2 border-t border-line">
            {away.map((i) => (
              <li key={i.id} className="flex min-h-12 flex-wrap items-center gap-x-3 border-b border-line py-1.5">
                <ChannelGlyph channel={i.kind} />
                <span className="min-w-0 flex-1 truncate text-muted">
                  {i.name} {i.address ? <span className="text-label">{i.address}</span> : null}
                </span>
                <Button size="small" onClick={() => restore(i)} aria-label={t('Restore {{name}}', { name: i.name })}>
                  {t('Restore')}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <Dialog
        wide
        open={opened !== undefined}
        onOpenChange={(o) => o || close()}
        title={
          opened?.what === 'after'
            ? t('“{{name}}” is ready', { name: inbox?.name })
            : (inbox?.name ?? (kind === 'chat' ? t('New chat') : t('New mail inbox')))
        }
      >
        {opened && opened.what !== 'after' ? (
          <div className="flex flex-col gap-6">
            <Form
              inbox={inbox}
              onCancel={close}
              onSaved={(saved) => {
                if (inbox) {
                  close()
                  done(t('“{{name}}” saved', { name: saved.name }))
                } else setOpened({ what: 'after', inbox: saved })
              }}
            />
            {inbox ? (
              <section className="flex flex-col gap-3 border-t border-line pt-4">
                <h3 className="font-semibold">{kind === 'chat' ? t('On your web site') : t('Does it work?')}</h3>
                {kind === 'chat' ? (
                  <Snippet inbox={inbox} onChanged={(now) => setOpened({ what: 'edit', inbox: now })} />
                ) : (
                  <RoundTrip inboxId={inbox.id} />
                )}
              </section>
            ) : null}
            {inbox?.kind === 'mail' ? <Connect inbox={inbox} /> : null}
            {inbox ? <PutAway inbox={inbox} onDone={close} /> : null}
          </div>
        ) : inbox ? (
          <div className="flex flex-col gap-4">
            {kind === 'chat' ? (
              <Snippet inbox={inbox} onChanged={(now) => setOpened({ what: 'after', inbox: now })} />
            ) : (
              <>
                <p className="text-muted">
                  {t(
                    'Send a mail from the inbox to itself to see that it receives and sends. No conversation comes of it.',
                  )}
                </p>
                <RoundTrip inboxId={inbox.id} />
              </>
            )}
            <Button className="self-end" onClick={close}>
              {t('Close')}
            </Button>
          </div>
        ) : null}
      </Dialog>
    </Group>
  )
}

/** Says how it went to somebody who comes back from Google or Microsoft. */
function useCameBack() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search: { connected?: unknown; why?: unknown } = useSearch({ strict: false })
  const { connected, why } = search
  useEffect(() => {
    if (connected !== 'yes' && connected !== 'no') return
    if (connected === 'yes') toast.success(t('The inbox is connected'))
    else toast.error(t('The inbox was not connected'), { description: String(why ?? '') })
    void navigate({ to: '/settings/$section', params: { section: 'inboxes' }, replace: true })
  }, [connected, why, navigate, t])
}
