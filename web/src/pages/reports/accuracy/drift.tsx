import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { MixDrift, MixShift } from '../../../api/queries/accuracy'
import { proposalsQuery } from '../../../api/queries/intents'
import { say } from '../../../i18n/mark'
import { list } from '../../../lib/list'
import { perLocale } from '../../../lib/locale'
import { useNow } from '../../../lib/now'
import { count } from '../../../lib/survey'
import { shortDate } from '../../../lib/time'
import { percent } from '../../../lib/words'
import { typedMoment } from '../../../lib/zone'
import { Chip, type Tone } from '../../../ui/chip'
import { Segmented } from '../../../ui/segmented'

const LEVELS: Readonly<Record<MixDrift['level'], { readonly tone: Tone; readonly label: string }>> = {
  few: { tone: 'plain', label: say('Too few customers to say') },
  stable: { tone: 'success', label: say('On the whole as before') },
  some: { tone: 'warning', label: say('Somewhat different') },
  much: { tone: 'danger', label: say('Very different') },
}
const points = perLocale((l) => new Intl.NumberFormat(l, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }))
const hundredths = perLocale((l) => new Intl.NumberFormat(l, { minimumFractionDigits: 2, maximumFractionDigits: 2 }))
const DAY = 86_400_000

interface DriftProps {
  readonly drift: MixDrift | undefined
  readonly span: 1 | 4
  readonly counting: boolean
  readonly settings: boolean
  readonly onSpan: (span: 1 | 4) => void
}

/** Whether customers write about other things than before, and what is new among them. */
export function Drift({ drift, span, counting, settings, onSpan }: DriftProps) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('What has changed')} className="border-b border-line py-6">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-read font-semibold">{t('What has changed')}</h2>
        <Segmented
          label={t('Compare')}
          value={String(span) as '1' | '4'}
          options={[
            { value: '1', label: t('Last week') },
            { value: '4', label: t('Last 4 weeks') },
          ]}
          onChange={(v) => onSpan(v === '1' ? 1 : 4)}
        />
      </div>
      {drift ? (
        <Mix drift={drift} />
      ) : (
        <p className="text-muted">
          {counting ? t('Being counted anew…') : t('There are no full weeks with messages to compare yet.')}
        </p>
      )}
      {settings ? <New /> : null}
    </section>
  )
}

function Mix({ drift: d }: { readonly drift: MixDrift }) {
  const { t } = useTranslation()
  const now = useNow()
  const day = (at: string, add = 0) => shortDate(new Date(typedMoment(at) + add).toISOString(), now)
  const level = LEVELS[d.level]
  const shown = [d.unknown, ...list(d.intents)].filter((i) => i.changed)
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Chip tone={level.tone}>{t(level.label)}</Chip>
        <span>
          {t('{{from}} to {{to}} beside {{from2}} to {{to2}}', {
            from: day(d.middle),
            to: day(d.to, -DAY),
            from2: day(d.from),
            to2: day(d.middle, -DAY),
          })}
        </span>
        <span className="text-label text-muted tabular-nums">
          {t('{{after}} messages of {{customers}} customers, {{before}} of {{customers2}} before', {
            after: count(d.after),
            before: count(d.before),
            customers: count(d.customers_after),
            customers2: count(d.customers_before),
          })}
        </span>
      </p>
      {d.trained ? (
        <p className="mt-2">
          {t('A new model was trained in this time: it may be the reading that changed, and not what customers want.')}
        </p>
      ) : null}
      {d.level === 'few' ? (
        <p className="mt-3 max-w-[72ch] text-muted">
          {t('With fewer than 50 customers on a side, chance changes the shares too much. A longer time may help.')}
        </p>
      ) : shown.length === 0 ? (
        <p className="mt-3 text-muted">{t('No share moved by more than chance explains.')}</p>
      ) : (
        <table className="mt-3 w-full border-collapse text-body">
          <thead>
            <tr className="border-b border-line text-left text-label text-muted">
              <th scope="col" className="py-2 pr-3 font-medium">
                {t('Share that moved by more than chance')}
              </th>
              <th scope="col" className="px-3 py-2 text-right font-medium">
                {t('Before')}
              </th>
              <th scope="col" className="px-3 py-2 text-right font-medium">
                {t('Now')}
              </th>
              <th scope="col" className="py-2 pl-3 text-right font-medium max-md:hidden">
                {t('Change in points (95 % interval)')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((i) => (
              <Row key={i.intent} shift={i} />
            ))}
          </tbody>
        </table>
      )}
      <p className="mt-3 text-label text-muted tabular-nums">
        {t('Population stability index {{index}}; without any change it stays below {{chance}}.', {
          index: hundredths().format(d.index),
          chance: hundredths().format(d.chance),
        })}
      </p>
    </>
  )
}

function Row({ shift: s }: { readonly shift: MixShift }) {
  const { t } = useTranslation()
  const by = (x: number) => points().format(100 * x)
  return (
    <tr className="border-b border-line">
      <th scope="row" className="py-2 pr-3 text-left font-medium [overflow-wrap:anywhere]">
        {s.intent === '' ? t('Unknown') : s.label || s.intent}
      </th>
      <td className="px-3 py-2 text-right tabular-nums">{percent(s.before)}</td>
      <td className="px-3 py-2 text-right font-medium tabular-nums">{percent(s.after)}</td>
      <td className="py-2 pl-3 text-right text-muted tabular-nums max-md:hidden">
        <span className="font-medium text-text">{by(s.after - s.before)}</span> (
        {t('{{from}} to {{to}}', { from: by(s.low), to: by(s.high) })})
      </td>
    </tr>
  )
}

/** What several customers write about and no intent fits is proposed in the settings. */
function New() {
  const { t } = useTranslation()
  const proposals = useQuery(proposalsQuery)
  const items = list(proposals.data?.items)
  return (
    <p className="mt-3">
      {proposals.isPending || proposals.data?.state === 'looking'
        ? t('Looking at what customers wrote lately…')
        : items.length === 0
          ? t('Nothing that several customers write about is missing.')
          : t('New topics that no intent fits ({{n}}): {{names}}.', {
              n: items.length,
              names: items
                .slice(0, 3)
                .map((p) => `“${p.label}”`)
                .join(', '),
            })}{' '}
      <Link
        to="/settings/$section"
        params={{ section: 'intents' }}
        className="inline-flex min-h-6 items-center text-accent hover:underline"
      >
        {t('To the proposals')}
      </Link>
    </p>
  )
}
