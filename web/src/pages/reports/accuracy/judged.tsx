import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Accuracy, AccuracySearch, Behind, IntentPrecision, ShareRight } from '../../../api/queries/accuracy'
import { say } from '../../../i18n/mark'
import { list } from '../../../lib/list'
import { count } from '../../../lib/survey'
import { percent } from '../../../lib/words'
import { Button } from '../../../ui/button'
import { Chip } from '../../../ui/chip'
import { Segmented } from '../../../ui/segmented'
import { Select } from '../../../ui/select'
import { Interval } from './interval'

const PERIODS = [
  [30, say('30 days')],
  [90, say('90 days')],
  [365, say('A year')],
] as const
const FEW = 30
const FIRST = 10

interface JudgedProps {
  readonly report: Accuracy
  readonly days: AccuracySearch['days']
  readonly onChange: (next: Partial<AccuracySearch>) => void
  readonly onBehind: (behind: Behind) => void
}

/** What people said of readings: how often they are right, by intent, and what is mistaken for what. */
export function Judged({ report, days, onChange, onBehind }: JudgedProps) {
  const { t } = useTranslation()
  const { judged } = report
  return (
    <section aria-label={t('What people say')} className="border-b border-line py-6">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-read font-semibold">{t('What people say')}</h2>
        <div className="flex flex-wrap items-center gap-2">
          <Segmented
            label={t('Which readings count')}
            value={report.of}
            options={[
              { value: 'sample' as const, label: t('Random samples ({{n}})', { n: count(report.sampled) }) },
              { value: 'all' as const, label: t('All that people said ({{n}})', { n: count(report.labelled) }) },
            ]}
            onChange={(of) => onChange({ of })}
          />
          <Select
            hideLabel
            label={t('Period')}
            value={String(days)}
            onChange={(v) => onChange({ days: PERIODS.find(([d]) => String(d) === v)?.[0] ?? 90 })}
            options={PERIODS.map(([d, label]) => [String(d), t(label)])}
          />
        </div>
      </div>
      <p className="mb-4 max-w-[72ch] text-muted">
        {report.of === 'sample'
          ? t(
              'Contacts that were drawn at random and checked: these figures hold for all contacts, as far as their intervals say.',
            )
          : t(
              'People correct what they come across, and mostly where it is wrong: these figures are lower than what holds for all contacts. Check a random sample for figures without that bias.',
            )}{' '}
        {report.cut ? t('Only the newest 20,000 count.') : ''}
      </p>
      {judged.all.n === 0 ? (
        <p className="text-read">
          {report.of === 'sample'
            ? t('No random sample was checked in the last {{n}} days.', { n: days })
            : t('Nobody has confirmed or corrected a reading in the last {{n}} days.', { n: days })}
        </p>
      ) : (
        <>
          <div className="grid gap-x-12 gap-y-4 md:grid-cols-3">
            <Figure
              title={t('of what is read as an intent is right')}
              share={judged.read}
              onOpen={() => onBehind({ title: t('Read wrong'), wrong: true })}
            />
            <Figure
              title={t('of what is called unknown fits no intent indeed')}
              share={judged.unknown}
              onOpen={() =>
                onBehind({ title: t('Unknown, though it fits an intent'), read_as: 'unknown', wrong: true })
              }
            />
            <Figure
              title={t('are right in all, read or rightly unknown')}
              share={judged.all}
              onOpen={() => onBehind({ title: t('All that was judged') })}
            />
          </div>
          <div className="mt-6 grid gap-x-12 gap-y-6 lg:grid-cols-[3fr_2fr]">
            <ByIntent intents={list(judged.intents)} onBehind={onBehind} />
            <Pairs report={report} onBehind={onBehind} />
          </div>
        </>
      )}
    </section>
  )
}

function Figure({
  title,
  share,
  onOpen,
}: {
  readonly title: string
  readonly share: ShareRight
  readonly onOpen: () => void
}) {
  const { t } = useTranslation()
  if (share.n === 0)
    return (
      <p className="text-muted">
        <span className="block text-figure font-semibold">–</span> {title}
      </p>
    )
  return (
    <div className="flex flex-col items-start">
      <p>
        <span className="block text-figure font-semibold tabular-nums">{percent(share.right / share.n)}</span>{' '}
        <span className="text-read">{title}</span>
      </p>
      <p className="text-label text-muted tabular-nums">
        {t('{{right}} of {{n}}, between {{from}} and {{to}} (95 % interval)', {
          right: count(share.right),
          n: count(share.n),
          from: percent(share.low),
          to: percent(share.high),
        })}
      </p>
      <div className="mt-1 flex flex-wrap items-center gap-2">
        <Button look="link" onClick={onOpen} aria-label={`${t('Show the contacts')}: ${title}`}>
          {t('Show the contacts')}
        </Button>
        {share.n < FEW ? <Chip tone="warning">{t('Few')}</Chip> : null}
      </div>
    </div>
  )
}

function ByIntent({
  intents,
  onBehind,
}: {
  readonly intents: readonly IntentPrecision[]
  readonly onBehind: (behind: Behind) => void
}) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  if (intents.length === 0) return <div />
  return (
    <div>
      <table className="w-full border-collapse text-body">
        <caption className="mb-1 text-left font-medium">{t('Right where it is read, by intent')}</caption>
        <thead>
          <tr className="border-b border-line text-left text-label text-muted">
            <th scope="col" className="py-2 pr-3 font-medium">
              {t('Read as')}
            </th>
            <th scope="col" className="px-3 py-2 text-right font-medium">
              {t('Read right')}
            </th>
            <th scope="col" className="w-[38%] px-3 py-2 font-medium max-md:hidden">
              {t('95 % interval')}
            </th>
            <th scope="col" className="py-2 pl-3 text-right font-medium">
              {t('Judged')}
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? intents : intents.slice(0, FIRST)).map((i) => (
            <tr key={i.intent} className="border-b border-line">
              <th scope="row" className="py-2 pr-3 text-left font-normal [overflow-wrap:anywhere]">
                <button
                  type="button"
                  className="min-h-6 text-left font-medium hover:text-accent hover:underline"
                  onClick={() =>
                    onBehind({ title: t('Read as “{{name}}”', { name: i.label || i.intent }), read_as: i.intent })
                  }
                >
                  {i.label || i.intent}
                </button>
              </th>
              <td className="px-3 py-2 text-right font-medium tabular-nums">
                {percent(i.right / i.n)}
                <span className="block text-label font-normal whitespace-nowrap text-muted md:hidden">
                  {t('{{from}} to {{to}}', { from: percent(i.low), to: percent(i.high) })}
                </span>
              </td>
              <td className="px-3 py-2 max-md:hidden">
                <Interval value={i.right / i.n} low={i.low} high={i.high} />
              </td>
              <td className="py-2 pl-3 text-right tabular-nums">{count(i.n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {intents.length > FIRST && !all ? (
        <Button className="mt-3" onClick={() => setAll(true)}>
          {t('Show {{n}} more', { n: intents.length - FIRST })}
        </Button>
      ) : null}
    </div>
  )
}

function Pairs({ report, onBehind }: { readonly report: Accuracy; readonly onBehind: (behind: Behind) => void }) {
  const { t } = useTranslation()
  const pairs = list(report.judged.pairs).slice(0, FIRST)
  const most = Math.max(1, ...pairs.map((p) => p.n))
  const read = (name: string, label: string) => (name === '' ? t('Unknown') : label || name)
  const said = (name: string, label: string) => (name === '' ? t('None of the intents') : label || name)
  return (
    <div>
      <h3 className="mb-1 font-medium">{t('What is mistaken for what')}</h3>
      {pairs.length === 0 ? (
        <p className="text-muted">{t('No mistakes among these.')}</p>
      ) : (
        <ul className="border-t border-line">
          {pairs.map((p) => (
            <li key={`${p.read_as} ${p.intent}`} className="border-b border-line">
              <button
                type="button"
                className="flex w-full items-center gap-3 px-2 py-1.5 text-left -outline-offset-2 hover:bg-sunken"
                onClick={() =>
                  onBehind({
                    title: t('Read as “{{read}}”, but it is “{{said}}”', {
                      read: read(p.read_as, p.read_as_label),
                      said: said(p.intent, p.intent_label),
                    }),
                    read_as: p.read_as || 'unknown',
                    intent: p.intent || 'none',
                  })
                }
              >
                <span className="min-w-0 flex-1">
                  <span className="block [overflow-wrap:anywhere]">{read(p.read_as, p.read_as_label)}</span>
                  <span className="block text-label text-muted [overflow-wrap:anywhere]">
                    {t('is really: {{name}}', { name: said(p.intent, p.intent_label) })}
                  </span>
                </span>
                <span aria-hidden className="h-2 w-16 flex-none overflow-hidden rounded-full bg-sunken">
                  <span className="block h-full rounded-full bg-accent" style={{ width: `${(100 * p.n) / most}%` }} />
                </span>
                <span className="min-w-6 text-right font-medium tabular-nums">{count(p.n)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
