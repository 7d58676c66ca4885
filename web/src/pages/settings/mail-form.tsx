import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { discover, type MailServer, saveInbox } from '../../api/queries/admin'
import { list } from '../../lib/list'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { HoursFields, useHours } from './hours-fields'
import { Buttons, type FormProps, kept, Rest } from './inbox-form'
import { useProblems } from './problem'
import { SURVEY_PLACES, SurveyFields, useSurvey } from './survey-fields'

interface ServerForm {
  readonly host: string
  readonly port: string
  readonly security: string
  readonly auth: string
  readonly user: string
  readonly password: string
}

const serverOf = (s: MailServer | undefined): ServerForm => ({
  host: s?.host ?? '',
  port: s?.port ? String(s.port) : '',
  security: s?.security ?? 'tls',
  auth: s?.auth ?? 'password',
  user: s?.user ?? '',
  password: '',
})

/** What the form says of a server, over what it does not show. */
function withServer(old: MailServer | undefined, f: ServerForm): MailServer | undefined {
  if (f.host.trim() === '') return undefined
  return {
    ...old,
    host: f.host.trim(),
    port: Number(f.port) || 0,
    security: f.security as NonNullable<MailServer['security']>,
    auth: f.auth as NonNullable<MailServer['auth']>,
    user: f.user.trim(),
  }
}

const MAIL_PLACES = [
  'name',
  'address',
  'settings.imap',
  'settings.smtp',
  ...['imap', 'smtp'].flatMap((s) => ['host', 'port', 'security', 'auth', 'user'].map((f) => `settings.${s}.${f}`)),
  'secrets.imap_password',
  'secrets.smtp_password',
  ...SURVEY_PLACES,
]

export function MailForm({ inbox, onSaved, onCancel }: FormProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const problems = useProblems(MAIL_PLACES)
  const [address, setAddress] = useState(inbox?.address ?? '')
  const [name, setName] = useState(inbox?.name ?? '')
  const [imap, setImap] = useState(serverOf(inbox?.settings.imap))
  const [smtp, setSmtp] = useState(serverOf(inbox?.settings.smtp))
  const [found, setFound] = useState('')
  const [open, setOpen] = useState(inbox !== undefined)
  const secrets = list(inbox?.secrets)
  const survey = useSurvey(inbox)
  const hours = useHours(inbox)

  const look = async () => {
    const ok = await problems.run(async () => {
      const f = await discover(address.trim())
      setFound(f.note)
      if (f.imap) setImap((old) => ({ ...serverOf(f.imap), password: old.password }))
      if (f.smtp) setSmtp((old) => ({ ...serverOf(f.smtp), password: old.password }))
      if (name === '') setName(address.trim())
    })
    if (ok) setOpen(true)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!open) return look()
    const schedule = await hours.save()
    if (!schedule) return
    await problems.run(async () => {
      const { imap: oldImap, smtp: oldSmtp, schedule_id: _, ...others } = inbox?.settings ?? {}
      const nextImap = withServer(oldImap, imap)
      const nextSmtp = withServer(oldSmtp, smtp)
      const passwords: Record<string, string> = {}
      if (imap.password) passwords.imap_password = imap.password
      // The same mailbox: most people have one password for both ways.
      const sending = smtp.password || (secrets.includes('smtp_password') ? '' : imap.password)
      if (sending && nextSmtp) passwords.smtp_password = sending
      onSaved(
        await saveInbox(client, inbox?.id ?? '', {
          ...kept(inbox),
          kind: 'mail',
          name: name.trim(),
          address: address.trim(),
          settings: {
            ...others,
            ...schedule,
            satisfaction: survey.setting,
            ...(nextImap ? { imap: nextImap } : {}),
            ...(nextSmtp ? { smtp: nextSmtp } : {}),
          },
          secrets: passwords,
        }),
      )
    })
  }
  return (
    <form onSubmit={(e) => void submit(e)} className="flex flex-col gap-4" noValidate>
      <Rest text={problems.rest} />
      <div className="flex flex-wrap items-end gap-2">
        <Field
          className="min-w-0 flex-1 basis-56"
          label={t('Mail address')}
          type="email"
          autoComplete="off"
          placeholder="support@example.com"
          required
          value={address}
          onChange={(e) => setAddress(e.target.value)}
          error={problems.at('address')}
        />
        {open ? (
          <Button onClick={() => void look()} disabled={problems.busy || address.trim() === ''}>
            {t('Find the servers')}
          </Button>
        ) : null}
      </div>
      {found ? (
        <p role="status" className="text-label text-muted">
          {found}
        </p>
      ) : null}
      {open ? (
        <>
          <Field
            label={t('Name that colleagues see')}
            required
            value={name}
            onChange={(e) => setName(e.target.value)}
            error={problems.at('name')}
          />
          <Server
            title={t('Receiving (IMAP)')}
            at="imap"
            value={imap}
            onChange={setImap}
            error={problems.at}
            ports={{ tls: '993', starttls: '143', none: '143' }}
            user={address}
            kept={secrets.includes('imap_password')}
          />
          <Server
            title={t('Sending (SMTP)')}
            at="smtp"
            value={smtp}
            onChange={setSmtp}
            error={problems.at}
            ports={{ tls: '465', starttls: '587', none: '25' }}
            user={address}
            kept={secrets.includes('smtp_password')}
            note={secrets.includes('smtp_password') ? '' : t('Empty: the same as for receiving')}
          />
          <HoursFields hours={hours} />
          <SurveyFields survey={survey} kind="mail" error={problems.at} />
        </>
      ) : null}
      <Buttons busy={problems.busy || hours.problems.busy} onCancel={onCancel}>
        {!open ? t('Find the servers') : inbox ? t('Save') : t('Make the inbox')}
      </Buttons>
    </form>
  )
}

interface ServerProps {
  readonly title: string
  readonly at: 'imap' | 'smtp'
  readonly value: ServerForm
  readonly onChange: (value: ServerForm) => void
  readonly error: (...places: readonly string[]) => string | undefined
  readonly ports: Readonly<Record<string, string>>
  readonly user: string
  readonly kept: boolean
  readonly note?: string
}

function Server({ title, at, value, onChange, error, ports, user, kept: has, note }: ServerProps) {
  const { t } = useTranslation()
  const set = (name: keyof ServerForm) => (e: { target: { value: string } }) =>
    onChange({ ...value, [name]: e.target.value })
  const whole = error(`settings.${at}`)
  const fields = ['host', 'port', 'security', 'auth', 'user'] as const
  const own = fields.some((f) => error(`settings.${at}.${f}`))
  return (
    <fieldset className="rounded-card border border-line px-4 pt-2 pb-4">
      <legend className="px-1 text-label font-medium">{title}</legend>
      <div className="grid grid-cols-[1fr_96px] gap-3 max-sm:grid-cols-1">
        <Field
          label={t('Server')}
          value={value.host}
          onChange={set('host')}
          autoComplete="off"
          spellCheck={false}
          placeholder={`${at}.example.com`}
          error={error(`settings.${at}.host`) ?? (own ? undefined : whole)}
        />
        <Field
          label={t('Port')}
          inputMode="numeric"
          value={value.port}
          onChange={set('port')}
          placeholder={ports[value.security] ?? ''}
          error={error(`settings.${at}.port`)}
        />
        <Select
          className="col-span-full"
          label={t('Protection')}
          value={value.security}
          onChange={(security) => onChange({ ...value, security })}
          options={[
            ['tls', t('TLS from the start')],
            ['starttls', t('STARTTLS')],
            ['none', t('None: passwords and mail can be read on the way')],
          ]}
          error={error(`settings.${at}.security`)}
        />
        <Select
          className="col-span-full"
          label={t('Sign-in')}
          value={value.auth}
          onChange={(auth) => onChange({ ...value, auth })}
          options={[
            ['password', t('With a password')],
            ['oauth', t('At Google or Microsoft')],
            ['none', t('None')],
          ]}
          error={error(`settings.${at}.auth`)}
        />
        <div className="col-span-full grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field
            label={t('User')}
            value={value.user}
            onChange={set('user')}
            autoComplete="off"
            spellCheck={false}
            placeholder={user || t('The mail address')}
            error={error(`settings.${at}.user`)}
          />
          <Field
            label={t('Password')}
            type="password"
            value={value.password}
            onChange={set('password')}
            autoComplete="new-password"
            placeholder={has ? t('Stays as it is') : ''}
            hint={note || undefined}
            error={error(`secrets.${at}_password`)}
          />
        </div>
      </div>
    </fieldset>
  )
}
