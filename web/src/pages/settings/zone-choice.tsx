import { ChevronDown } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../lib/now'
import { useStore } from '../../lib/store'
import { timeOfDay } from '../../lib/time'
import { browserZone, offsetOf, timeZone } from '../../lib/zone'
import { cx } from '../../ui/cx'
import { INPUT } from '../../ui/field'
import { type Option, Picker } from '../../ui/picker'

const spaced = (name: string) => name.replaceAll('_', ' ')

/** "+05:30" */
function ahead(name: string, now: number): string {
  const minutes = Math.round(offsetOf(name, now) / 60_000)
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${minutes < 0 ? '−' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

/** In which time zone times are shown, found by typing. */
export function ZoneChoice() {
  const { t } = useTranslation()
  const chosen = useStore(timeZone)
  const now = useNow()
  const [open, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    setTimeout(() => button.current?.focus())
  }
  const own = t('As the browser: {{zone}}', { zone: spaced(browserZone()) })
  const words = chosen === '' ? own : spaced(chosen)
  const options = (): readonly Option[] => [
    { id: '', label: own, on: chosen === '' },
    ...['UTC', ...Intl.supportedValuesOf('timeZone').filter((z) => z !== 'UTC')].map((z) => ({
      id: z,
      label: spaced(z.slice(z.indexOf('/') + 1)),
      ...(z.includes('/') ? { group: z.slice(0, z.indexOf('/')) } : {}),
      hint: ahead(z, now),
      on: z === chosen,
    })),
  ]
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-label={t('Time zone: {{zone}}', { zone: words })}
        onClick={() => setOpen(true)}
        className={cx(INPUT, 'inline-flex !w-auto max-w-full items-center gap-2 !pr-2')}
      >
        <span className="min-w-0 truncate">{words}</span>
        <ChevronDown aria-hidden className="text-muted" />
      </button>
      <span className="text-muted tabular-nums">
        {t('It is {{time}} there.', { time: timeOfDay(new Date(now).toISOString()) })}
      </span>
      {open ? (
        <Picker
          open
          onOpenChange={(o) => o || close()}
          title={t('Time zone')}
          placeholder={t('Which city or region?')}
          options={options()}
          onPick={(id) => {
            timeZone.set(id)
            close()
          }}
        />
      ) : null}
    </>
  )
}
