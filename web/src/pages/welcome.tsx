import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeSteps, checkBaseUrl, type InboxView, type SetupCheck, stepsQuery } from '../api/queries/admin'
import { sessionQuery } from '../api/queries/session'
import { list } from '../lib/list'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Failed, Skeleton } from '../ui/states'
import { attempt } from '../ui/undo'
import { Door } from './door'
import { ChatForm } from './settings/chat-form'
import { Rest } from './settings/inbox-form'
import { FirstPack } from './settings/intents/first-pack'
import { MailForm } from './settings/mail-form'
import { InviteForm } from './settings/people'
import { useProblems } from './settings/problem'
import { RoundTrip } from './settings/round-trip'
import { Snippet } from './settings/snippet'
import { TeamForm } from './settings/teams'

const STEPS = ['base_url', 'mailbox', 'team', 'widget', 'packs'] as const
type Step = (typeof STEPS)[number]

/** What a new owner does first, each step to be skipped: the address, a mailbox, colleagues, the chat, the intents. */
export function WelcomePage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useSuspenseQuery(sessionQuery).data
  const may = list(session.verbs).includes('settings')
  const query = useQuery({ ...stepsQuery, enabled: may })
  const navigate = useNavigate()
  const [at, setAt] = useState(0)
  const step: Step = STEPS[at] ?? 'base_url'
  const titles: Readonly<Record<Step, readonly [string, string]>> = {
    base_url: [t('Where people open Rapport'), t('Links in mails and the chat lead to this address.')],
    mailbox: [
      t('The first mailbox'),
      t('Connect the address that customers write to. A test mail shows that it works both ways.'),
    ],
    team: [t('Your colleagues'), t('Invite those who answer with you, and put them into a team.')],
    widget: [t('A chat on your web site'), t('One line on your pages, and visitors can write to you.')],
    packs: [
      t('What your customers write about'),
      t('The intents that Rapport begins with. They can be changed at any time.'),
    ],
  }
  if (!may) {
    return (
      <Door title={t('First steps')}>
        {t('The owner or an administrator does the first steps.')}{' '}
        <Link to="/inbox" className="text-accent underline underline-offset-2">
          {t('To the inbox')}
        </Link>
      </Door>
    )
  }
  const [title, subtitle] = titles[step]
  const state = list(query.data?.steps).find((s) => s.name === step)?.state
  const go = () => {
    if (at + 1 < STEPS.length) setAt(at + 1)
    else void navigate({ to: '/inbox', replace: true })
  }
  const skip = () => {
    // The checklist asks again later; failing to note it must not hold anybody up.
    // The intents have no place on it: some are always in use.
    if (state === 'todo' && step !== 'packs')
      attempt(t('It was not noted that this step is skipped'), () => changeSteps(client, { name: step, skipped: true }))
    go()
  }
  return (
    <Door title={title} subtitle={subtitle} wide key={step}>
      {/* The owner was the first step. */}
      <p className="mb-4 text-label text-muted">
        {t('Step {{n}} of {{of}}', { n: at + 2, of: STEPS.length + 1 })}
        {state === 'done' ? `, ${t('done')}` : ''}
      </p>
      {query.isPending ? (
        <Skeleton rows={2} />
      ) : query.isError ? (
        <Failed error={query.error} what={t('The first steps could not be read')} retry={() => void query.refetch()} />
      ) : step === 'base_url' ? (
        <BaseUrl now={query.data.base_url || window.location.origin} fixed={query.data.base_fixed} />
      ) : step === 'mailbox' ? (
        <FirstMailbox />
      ) : step === 'team' ? (
        <FirstTeam />
      ) : step === 'widget' ? (
        <FirstChat />
      ) : (
        <FirstPack />
      )}
      <div className="mt-6 flex flex-wrap justify-between gap-2 border-t border-line pt-4">
        {at > 0 ? (
          <Button look="ghost" onClick={() => setAt(at - 1)}>
            {t('Back')}
          </Button>
        ) : (
          <span />
        )}
        <span className="flex gap-2">
          <Button look="ghost" onClick={skip}>
            {t('Skip')}
          </Button>
          <Button look={state === 'done' ? 'primary' : 'plain'} onClick={go}>
            {at + 1 < STEPS.length ? t('Go on') : t('To the inbox')}
          </Button>
        </span>
      </div>
    </Door>
  )
}

function BaseUrl({ now, fixed }: { readonly now: string; readonly fixed: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(['base_url'])
  const [url, setUrl] = useState(now)
  const [checks, setChecks] = useState<readonly SetupCheck[]>()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setChecks(undefined)
    await problems.run(async () => {
      if (!fixed) await changeSteps(client, { base_url: url.trim() })
      setChecks(await checkBaseUrl(fixed ? '' : url.trim()))
    })
  }
  const words: Readonly<Record<SetupCheck['name'], string>> = {
    reachable: t('It can be reached'),
    https: t('It is protected (HTTPS)'),
    certificate: t('Its certificate is good'),
    host: t('It leads to this Rapport'),
    proxy: t('What stands in front passes everything on'),
    clock: t('The clock is right'),
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col items-start gap-4" noValidate>
      <Rest text={problems.rest} />
      <Field
        className="w-full"
        label={t('Address')}
        type="url"
        required
        readOnly={fixed}
        value={url}
        onChange={(e) => setUrl(e.target.value)}
        error={problems.at('base_url')}
        hint={fixed ? t('The configuration of the server says it.') : undefined}
      />
      <Button type="submit" look="primary" disabled={problems.busy}>
        {fixed ? t('Check') : t('Save and check')}
      </Button>
      <ul aria-live="polite" aria-label={t('What was checked')} className="flex flex-col gap-2 empty:hidden">
        {(checks ?? []).map((c) => (
          <li key={c.name} className="flex items-start gap-2">
            {c.ok ? (
              <Check role="img" aria-label={t('Right')} className="mt-0.5 !size-4 flex-none text-success-text" />
            ) : (
              <X role="img" aria-label={t('Not right')} className="mt-0.5 !size-4 flex-none text-danger-text" />
            )}
            <span className="min-w-0">
              <span className="font-medium">{words[c.name] ?? c.name}</span>
              {c.detail ? (
                <span className="block text-label text-muted [overflow-wrap:anywhere]">{c.detail}</span>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </form>
  )
}

function FirstMailbox() {
  const [made, setMade] = useState<InboxView>()
  return made ? <RoundTrip inboxId={made.id} atOnce /> : <MailForm onSaved={setMade} />
}

function FirstChat() {
  const [made, setMade] = useState<InboxView>()
  return made ? <Snippet inbox={made} onChanged={setMade} /> : <ChatForm onSaved={setMade} />
}

function FirstTeam() {
  const { t } = useTranslation()
  const [made, setMade] = useState('')
  return (
    <div className="flex flex-col gap-6">
      <Part title={t('Invite')}>
        <InviteForm />
      </Part>
      <Part title={t('A team')}>
        {made ? <p role="status">{t('“{{name}}” saved', { name: made })}</p> : <TeamForm onSaved={setMade} />}
      </Part>
    </div>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-3 font-semibold">{title}</h2>
      {children}
    </section>
  )
}
