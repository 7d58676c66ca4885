import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  changePassword,
  dropFactor,
  endAllSessions,
  endOtherSessions,
  endSession,
  factorChanged,
  factorQuery,
  mySessionsQuery,
  newRecoveryCodes,
} from '../../api/queries/account'
import { sessionQuery } from '../../api/queries/session'
import { browserName } from '../../lib/browser-name'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { NewPassword } from '../../ui/new-password'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { FactorSetup } from './factor-setup'
import { Group } from './group'
import { Rest } from './inbox-form'
import { useProblems } from './problem'
import { RecoveryCodes } from './recovery-codes'

/** How one signs in: password, second step, and where one is signed in. */
export function Security() {
  return (
    <>
      <Password />
      <TwoStep />
      <Sessions />
    </>
  )
}

function Password() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const session = useQuery(sessionQuery).data
  const problems = useProblems(['old', 'password'])
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await problems.run(() => changePassword(client, old, password)))) return
    setOld('')
    setPassword('')
    done(t('Your password is changed; your other sign-ins have ended'))
  }
  return (
    <Group title={t('Password')}>
      <form onSubmit={(e) => void submit(e)} className="flex max-w-[360px] flex-col gap-4" noValidate>
        <Rest text={problems.rest} />
        <input type="hidden" name="username" autoComplete="username" value={session?.email ?? ''} readOnly />
        <Field
          label={t('Current password')}
          type="password"
          autoComplete="current-password"
          value={old}
          onChange={(e) => setOld(e.target.value)}
          error={problems.at('old')}
        />
        <NewPassword
          label={t('New password')}
          value={password}
          onChange={setPassword}
          error={problems.at('password')}
          near={[session?.firm ?? '', session?.name ?? '', session?.email?.split('@')[0] ?? '']}
        />
        <Button type="submit" className="self-start" disabled={problems.busy || old === '' || password === ''}>
          {t('Change the password')}
        </Button>
      </form>
    </Group>
  )
}

function TwoStep() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(factorQuery)
  const [setting, setSetting] = useState(false)
  const [codes, setCodes] = useState<readonly string[]>()
  const [dropping, setDropping] = useState(false)
  const factor = query.data
  return (
    <Group title={t('Two-step sign-in')}>
      {query.isError ? (
        <Failed error={query.error} what={t('It could not be read')} retry={() => void query.refetch()} />
      ) : !factor ? (
        <Skeleton rows={1} />
      ) : factor.on ? (
        <>
          <p>
            {t('On')}
            <span className="text-muted">
              , {t('since')} {factor.since ? <When at={factor.since} /> : null}.{' '}
              {t('{{count}} recovery codes are left.', { count: factor.recovery_codes })}
            </span>
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <Button
              onClick={() => attempt(t('No new codes were made'), async () => setCodes(await newRecoveryCodes(client)))}
            >
              {t('New recovery codes…')}
            </Button>
            {factor.required ? (
              <p className="self-center text-label text-muted">{t('Your role needs it, so it stays on.')}</p>
            ) : (
              <Button look="danger" onClick={() => setDropping(true)}>
                {t('Turn it off…')}
              </Button>
            )}
          </div>
        </>
      ) : (
        <>
          <p className="max-w-[60ch] text-muted">
            {t(
              'Off. With it, whoever learns your password still can’t sign in: a code of an app on your phone is asked for too.',
            )}
          </p>
          <Button className="mt-3" onClick={() => setSetting(true)}>
            {t('Set it up…')}
          </Button>
        </>
      )}
      <Dialog open={setting} onOpenChange={setSetting} title={t('Set up two-step sign-in')} wide>
        {setting ? (
          <FactorSetup
            onDone={() => {
              setSetting(false)
              void factorChanged(client)
            }}
          />
        ) : null}
      </Dialog>
      <Dialog
        open={codes !== undefined}
        onOpenChange={(o) => o || setCodes(undefined)}
        title={t('New recovery codes')}
        description={t('The old ones no longer work.')}
      >
        {codes ? <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} /> : null}
      </Dialog>
      <Dialog
        open={dropping}
        onOpenChange={setDropping}
        title={t('Turn two-step sign-in off?')}
        description={t('Your password alone signs you in then. The recovery codes end.')}
        alert
        footer={
          <>
            <Button look="ghost" onClick={() => setDropping(false)}>
              {t('Keep it on')}
            </Button>
            <Button
              look="danger"
              onClick={() => {
                setDropping(false)
                attempt(t('It was not turned off'), async () => {
                  await dropFactor(client)
                  done(t('Two-step sign-in is off'))
                })
              }}
            >
              {t('Turn it off')}
            </Button>
          </>
        }
      >
        <p className="text-muted">{t('You can set it up again at any time.')}</p>
      </Dialog>
    </Group>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const query = useQuery(mySessionsQuery)
  const all = query.data ?? []
  return (
    <Group
      title={t('Where you are signed in')}
      action={
        all.length > 1 ? (
          <Button
            onClick={() =>
              attempt(t('Nothing was ended'), async () => {
                await endOtherSessions(client)
                done(t('All other sign-ins have ended'))
              })
            }
          >
            {t('End all others')}
          </Button>
        ) : null
      }
    >
      {query.isError ? (
        <Failed error={query.error} what={t('The sign-ins could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : (
        <ul className="border-t border-line">
          {all.map((s) => (
            <li key={s.id} className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-2">
              <div className="min-w-0 flex-1 basis-48">
                <p className="truncate font-medium" title={s.agent}>
                  {browserName(s.agent) || t('A browser without a name')}
                </p>
                <p className="text-label text-muted">
                  {t('last used')} <When at={s.last_used} />, {t('signed in')} <When at={s.created_at} />
                </p>
              </div>
              {s.current ? (
                <span className="text-label text-muted">{t('this one')}</span>
              ) : (
                <Button
                  look="ghost"
                  size="small"
                  className="!text-danger-text"
                  aria-label={t('End: {{name}}', { name: browserName(s.agent) })}
                  onClick={() =>
                    attempt(t('It was not ended'), async () => {
                      await endSession(client, s.id)
                      done(t('That sign-in has ended'))
                    })
                  }
                >
                  {t('End')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button
        className="mt-4"
        onClick={() =>
          attempt(t('Sign-out failed'), async () => {
            await endAllSessions(client)
            await navigate({ to: '/sign-in' })
          })
        }
      >
        {t('Sign out everywhere')}
      </Button>
    </Group>
  )
}
