import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NotificationChoices, Ways } from '../../api/desk'
import { mySettingsQuery } from '../../api/queries/desk'
import { chooseNotifications, KINDS } from '../../api/queries/notifications'
import { say } from '../../i18n/mark'
import { ring } from '../../lib/notify/sound'
import { waysOf } from '../../lib/notify/tell'
import { Button } from '../../ui/button'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'
import { Failed, Skeleton } from '../../ui/states'
import { attempt } from '../../ui/undo'
import { Group } from './group'

const KIND_WORDS = {
  mention: say('Somebody mentions me'),
  assigned: say('Somebody assigns a conversation to me'),
  reply: say('A customer writes in a conversation of mine'),
  due: say('An answer of mine is nearly late, or is'),
  score: say('A customer of mine gives a low score'),
} as const
const WAYS = ['console', 'browser', 'mail', 'sound'] as const satisfies readonly (keyof Ways)[]
const WAY_WORDS = { console: say('List'), browser: say('Browser'), mail: say('Mail'), sound: say('Sound') } as const

/** What one is told, and how. */
export function NotificationSettings() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(mySettingsQuery)
  const choices = query.data?.notifications
  if (query.isError)
    return <Failed error={query.error} what={t('The settings could not be read')} retry={() => void query.refetch()} />
  if (!choices) return <Skeleton rows={4} />
  const choose = (change: Partial<NotificationChoices>) =>
    attempt(t('The settings were not saved'), () => chooseNotifications(client, change))
  const turn = (kind: string, way: keyof Ways, on: boolean) =>
    choose({ kinds: { ...choices.kinds, [kind]: { ...waysOf(choices, kind), [way]: on } } })
  return (
    <>
      <Group title={t('What I am told')}>
        <div className="overflow-x-auto">
          <table className="w-full border-collapse">
            <thead>
              <tr className="text-label text-muted">
                <td />
                {WAYS.map((w) => (
                  <th key={w} scope="col" className="px-2 py-1 font-medium">
                    {t(WAY_WORDS[w])}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {KINDS.map((kind) => (
                <tr key={kind} className="border-t border-line">
                  <th scope="row" className="py-2 pr-4 text-left font-normal">
                    {t(KIND_WORDS[kind])}
                  </th>
                  {WAYS.map((w) => (
                    <td key={w} className="px-2 text-center">
                      <label className="inline-flex size-6 items-center justify-center">
                        <input
                          type="checkbox"
                          aria-label={t('{{what}}: {{way}}', { what: t(KIND_WORDS[kind]), way: t(WAY_WORDS[w]) })}
                          checked={waysOf(choices, kind)[w]}
                          onChange={(e) => turn(kind, w, e.target.checked)}
                          className="size-4 accent-[var(--accent)]"
                        />
                      </label>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Group>
      <Group title={t('How I am told')}>
        <div className="flex flex-col gap-5">
          <BrowserWay choices={choices} choose={choose} />
          <Line
            title={t('Mail')}
            help={t('One mail names all that waits. What you have seen already is never mailed.')}
          >
            <Select
              label={t('Mail')}
              hideLabel
              value={choices.mail}
              onChange={(mail) => choose({ mail: mail as NotificationChoices['mail'] })}
              options={[
                ['off', t('Never')],
                ['away', t('Soon, while I am away')],
                ['hourly', t('Each hour')],
                ['daily', t('Each morning at eight')],
              ]}
              className="w-64 max-w-full"
            />
          </Line>
          <Line title={t('Sound')} help={t('Two short notes when something new concerns you.')}>
            <Tick label={t('Play a sound')} on={choices.sound} set={(sound) => choose({ sound })} />
            <Button size="small" onClick={ring}>
              {t('Listen to it')}
            </Button>
          </Line>
          <Quiet key={`${choices.quiet.from} ${choices.quiet.to}`} choices={choices} choose={choose} />
        </div>
      </Group>
    </>
  )
}

interface PartProps {
  readonly choices: NotificationChoices
  readonly choose: (change: Partial<NotificationChoices>) => void
}

/** The browser asks for permission only when this is clicked. */
function BrowserWay({ choices, choose }: PartProps) {
  const { t } = useTranslation()
  const asks = () => (typeof Notification === 'undefined' ? 'unsupported' : Notification.permission)
  const [allowed, setAllowed] = useState<string>(asks)
  const turnOn = async () => {
    const answer = await Notification.requestPermission()
    setAllowed(answer)
    if (answer === 'granted') choose({ browser: true })
  }
  return (
    <Line
      title={t('Browser')}
      help={t('A notice of the system while the tab of the console is hidden. A click on it opens the conversation.')}
    >
      {allowed === 'unsupported' ? (
        <p className="text-muted">{t('This browser has no notices.')}</p>
      ) : allowed === 'denied' ? (
        <p className="text-warning-text">
          {t('The browser was told to refuse them. Allow notifications for this page in its settings.')}
        </p>
      ) : choices.browser && allowed === 'granted' ? (
        <Tick label={t('Show notices')} on set={() => choose({ browser: false })} />
      ) : (
        <Button size="small" onClick={() => attempt(t('The browser did not ask'), turnOn)}>
          {t('Turn on in this browser…')}
        </Button>
      )}
    </Line>
  )
}

function Quiet({ choices, choose }: PartProps) {
  const { t } = useTranslation()
  const [from, setFrom] = useState(choices.quiet.from)
  const [to, setTo] = useState(choices.quiet.to)
  const save = (quiet: { from: string; to: string }) => {
    if ((quiet.from === '') === (quiet.to === '')) choose({ quiet })
  }
  return (
    <Line
      title={t('Quiet hours')}
      help={t('Neither browser nor mail nor sound tells you anything then. It waits in the list.')}
    >
      <div className="flex flex-wrap items-end gap-3">
        <Field
          label={t('From')}
          type="time"
          value={from}
          onChange={(e) => setFrom(e.target.value)}
          onBlur={() => save({ from, to })}
        />
        <Field
          label={t('Until')}
          type="time"
          value={to}
          onChange={(e) => setTo(e.target.value)}
          onBlur={() => save({ from, to })}
        />
        {choices.quiet.from ? (
          <Button look="ghost" onClick={() => choose({ quiet: { from: '', to: '' } })}>
            {t('No quiet hours')}
          </Button>
        ) : null}
      </div>
    </Line>
  )
}

function Line({
  title,
  help,
  children,
}: {
  readonly title: string
  readonly help: string
  readonly children: ReactNode
}) {
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-2">
      <div className="w-64 max-w-full">
        <h3 className="font-medium">{title}</h3>
        <p className="text-label text-muted">{help}</p>
      </div>
      <div className="flex min-h-9 flex-wrap items-center gap-3">{children}</div>
    </div>
  )
}

function Tick({
  label,
  on,
  set,
}: {
  readonly label: string
  readonly on: boolean
  readonly set: (on: boolean) => void
}) {
  return (
    <label className="flex min-h-6 items-center gap-2">
      <input
        type="checkbox"
        checked={on}
        onChange={(e) => set(e.target.checked)}
        className="size-4 accent-[var(--accent)]"
      />
      {label}
    </label>
  )
}
