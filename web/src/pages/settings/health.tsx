import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  backfill,
  healthQuery,
  type InboxHealth,
  lookNow,
  type PartHealth,
  reconnect,
  simulate,
} from '../../api/queries/admin'
import { list } from '../../lib/list'
import { isSet } from '../../lib/time'
import { typedMoment } from '../../lib/zone'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Failed, Skeleton } from '../../ui/states'
import { TextArea } from '../../ui/text-area'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { Group } from './group'
import { HealthDot, useHealthWord, wholeState } from './health-dot'
import { Rest } from './inbox-form'
import { useProblems } from './problem'

type Asked = { readonly what: 'backfill' | 'simulate'; readonly inbox: InboxHealth }

export function Health() {
  const { t } = useTranslation()
  const query = useQuery(healthQuery)
  const [asked, setAsked] = useState<Asked>()
  const close = () => setAsked(undefined)
  return (
    <Group title={t('Health')}>
      <p className="max-w-[60ch] text-muted">
        {t('How every inbox does, part by part. It is read again every ten seconds.')}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The health could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={3} />
      ) : query.data.length === 0 ? (
        <p className="mt-2">{t('No inbox yet.')}</p>
      ) : (
        <ul className="mt-4 flex flex-col gap-4">
          {query.data.map((h) => (
            <Card key={h.inbox_id} health={h} ask={setAsked} />
          ))}
        </ul>
      )}
      {asked?.what === 'backfill' ? <BackfillDialog inbox={asked.inbox} onClose={close} /> : null}
      {asked?.what === 'simulate' ? <SimulateDialog inbox={asked.inbox} onClose={close} /> : null}
    </Group>
  )
}

function Card({ health, ask }: { readonly health: InboxHealth; readonly ask: (a: Asked) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const word = useHealthWord()
  const name = health.name
  const whole = wholeState(health.state, health)
  const act = (what: string, said: string, work: (id: string) => Promise<unknown>) =>
    attempt(what, async () => {
      await work(health.inbox_id)
      done(said)
      await client.invalidateQueries({ queryKey: healthQuery.queryKey })
    })
  return (
    <li className="rounded-card border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
        <HealthDot state={whole} />
        <h3 className="min-w-0 flex-1 truncate font-semibold">{name}</h3>
        <span className="text-label text-muted">{word(whole)}</span>
      </div>
      {list(health.parts).length === 0 ? (
        <p className="px-4 py-2 text-label text-muted">{t('No mail server is set up for it yet.')}</p>
      ) : null}
      <ul className="px-4 py-2 empty:hidden">
        {list(health.parts).map((p) => (
          <Part key={p.part} part={p} />
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
        {health.kind === 'mail' ? (
          <>
            <Button
              size="small"
              aria-label={t('Look now: {{name}}', { name })}
              onClick={() => act(t('Could not look'), t('Looking for new mail'), lookNow)}
            >
              {t('Look now')}
            </Button>
            <Button
              size="small"
              aria-label={t('Connect again: {{name}}', { name })}
              onClick={() => act(t('Could not connect again'), t('Connecting again'), reconnect)}
            >
              {t('Connect again')}
            </Button>
            <Button
              size="small"
              aria-label={t('Take older mail…: {{name}}', { name })}
              onClick={() => ask({ what: 'backfill', inbox: health })}
            >
              {t('Take older mail…')}
            </Button>
          </>
        ) : null}
        <Button
          size="small"
          aria-label={t('Try with an invented customer…: {{name}}', { name })}
          onClick={() => ask({ what: 'simulate', inbox: health })}
        >
          {t('Try with an invented customer…')}
        </Button>
      </div>
    </li>
  )
}

function Part({ part }: { readonly part: PartHealth }) {
  const { t } = useTranslation()
  const word = useHealthWord()
  const names: Readonly<Record<string, string>> = {
    imap: t('Receiving (IMAP)'),
    smtp: t('Sending (SMTP)'),
    listener: t('Receiving (built-in server)'),
    oauth: t('Sign-in'),
    widget: t('Chat'),
  }
  const facts: ReactNode[] = [
    isSet(part.last_success) ? (
      <>
        {t('worked')} <When at={part.last_success} />
      </>
    ) : part.state === 'off' ? null : (
      t('never worked yet')
    ),
    part.lag_s >= 1 ? t('oldest waits {{time}}', { time: span(part.lag_s, t) }) : null,
    part.failures > 0 ? t('{{count}} failures in a row', { count: part.failures }) : null,
    part.gap > 0 ? t('{{count}} mails could not be got', { count: part.gap }) : null,
    part.quarantine > 0 ? (
      <Link key="quarantine" to="/quarantine" className="text-accent underline underline-offset-2">
        {t('{{count}} in quarantine', { count: part.quarantine })}
      </Link>
    ) : null,
    isSet(part.next_retry) ? (
      <>
        {t('tries again')} <When at={part.next_retry} />
      </>
    ) : null,
  ].filter((f) => f !== null)
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1.5">
      <span className="inline-flex min-w-44 items-center gap-2">
        <HealthDot state={part.state} />
        {names[part.part] ?? part.part}
        <span className="sr-only">{word(part.state)}</span>
      </span>
      <span className="min-w-0 flex-1 basis-56 text-label text-muted">
        {facts.map((f, i) => (
          // The facts keep their order.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <span key={i}>
            {i > 0 ? ', ' : ''}
            {f}
          </span>
        ))}
        {part.error ? <span className="block text-danger-text [overflow-wrap:anywhere]">{part.error}</span> : null}
      </span>
    </li>
  )
}

type T = ReturnType<typeof useTranslation>['t']

function span(seconds: number, t: T): string {
  if (seconds < 90) return t('{{seconds}} s', { seconds: Math.round(seconds) })
  if (seconds < 5400) return t('{{minutes}} min', { minutes: Math.round(seconds / 60) })
  return t('{{hours}} h', { hours: Math.round(seconds / 3600) })
}

interface DialogProps {
  readonly inbox: InboxHealth
  readonly onClose: () => void
}

function BackfillDialog({ inbox, onClose }: DialogProps) {
  const { t } = useTranslation()
  const problems = useProblems(['since'])
  const [since, setSince] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ok = await problems.run(() =>
      backfill(inbox.inbox_id, since ? new Date(typedMoment(since)).toISOString() : ''),
    )
    if (!ok) return
    done(t('Older mail is being taken'))
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(o) => o || onClose()}
      title={t('Take older mail into “{{name}}”', { name: inbox.name })}
      description={t('Mail that is known already stays once.')}
      footer={
        <Button look="primary" type="submit" form="backfill" disabled={problems.busy}>
          {since ? t('Take it') : t('Take everything')}
        </Button>
      }
    >
      <form id="backfill" onSubmit={(e) => void submit(e)} className="flex flex-col gap-4">
        <Rest text={problems.rest} />
        <Field
          label={t('Since')}
          type="date"
          value={since}
          onChange={(e) => setSince(e.target.value)}
          hint={t('Empty: everything that lies in the mailbox')}
          error={problems.at('since')}
        />
      </form>
    </Dialog>
  )
}

function SimulateDialog({ inbox, onClose }: DialogProps) {
  const { t } = useTranslation()
  const problems = useProblems(['from', 'name', 'subject', 'text'])
  const [form, setForm] = useState({
    from: 'kim@example.com',
    name: 'Kim Example',
    subject: t('Where is my order?'),
    text: t('Hello, I ordered last week and nothing has come yet. Can you look into it?'),
  })
  const field = (name: keyof typeof form) => ({
    value: form[name],
    onChange: (e: { target: { value: string } }) => setForm((old) => ({ ...old, [name]: e.target.value })),
    error: problems.at(name),
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const ok = await problems.run(() => simulate(inbox.inbox_id, form))
    if (!ok) return
    done(t('The message came in: see the inbox'))
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(o) => o || onClose()}
      title={t('Let an invented customer write')}
      description={t('The message takes the way of every other into “{{name}}”. Nothing is sent to anybody.', {
        name: inbox.name,
      })}
      footer={
        <Button look="primary" type="submit" form="simulate" disabled={problems.busy}>
          {t('Let it come in')}
        </Button>
      }
    >
      <form id="simulate" onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
        <Rest text={problems.rest} />
        <Field label={t('From')} type="email" autoComplete="off" {...field('from')} />
        <Field label={t('Name')} autoComplete="off" {...field('name')} />
        <Field label={t('Subject')} autoComplete="off" {...field('subject')} />
        <TextArea label={t('Message')} rows={4} {...field('text')} />
      </form>
    </Dialog>
  )
}
