import {
  Angry,
  CircleHelp,
  DoorOpen,
  Frown,
  Gauge,
  Handshake,
  Hash,
  Languages,
  type LucideIcon,
  Smile,
  Tag,
  ThumbsDown,
  TriangleAlert,
} from 'lucide-react'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Entity, Interaction, Label, Reading, Span } from '../../api/types'
import { list } from '../../lib/list'
import { perLocale } from '../../lib/locale'
import { effortLabel, emotionLabel, entityLabel } from '../../lib/words'
import type { Tone } from '../../ui/chip'
import { Evidence } from './evidence'
import { EvidenceChip } from './evidence-chip'
import { IntentWhy } from './intent-why'
import { useOrigin } from './origin'
import { useIntentLabel } from './use-intents'

interface ChipsProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly onMark: (spans: readonly Span[]) => void
  /** Questions of it that nobody has answered, in its words. */
  readonly open: ReadonlySet<string>
}

const MOODS: Readonly<Record<string, readonly [LucideIcon, Tone]>> = {
  joy: [Smile, 'success'],
  anger: [Angry, 'danger'],
  sadness: [Frown, 'warning'],
  fear: [Frown, 'warning'],
  disgust: [Angry, 'danger'],
}
const languages = perLocale((l) => new Intl.DisplayNames([l], { type: 'language' }))

/** What the text was read as; each chip says why, and marks the words in the text. */
export function ReadingChips({ item, reading: r, onMark, open: unanswered }: ChipsProps) {
  const label = useIntentLabel()
  const { t, i18n } = useTranslation()
  const intents = list(r.intents)
  const best = intents[0]
  const language = r.language.name
  const common = { reading: r, item, onMark }
  return (
    <div
      role="group"
      aria-label={t('What Rapport read in it')}
      className="mt-1.5 flex flex-wrap gap-1 pointer-coarse:mt-0 pointer-coarse:gap-y-0"
    >
      {(best && !r.unknown) || (r.unknown && item.kind !== 'order' && item.kind !== 'event') ? (
        <IntentWhy
          item={item}
          reading={r}
          onMark={onMark}
          label={r.unknown || !best ? t('Intent not clear') : label(best.name)}
        />
      ) : null}
      {r.urgency.name !== '' && r.urgency.name !== 'normal' ? (
        <Why
          {...common}
          title={r.urgency.name === 'critical' ? t('Urgency: critical') : t('Urgency: urgent')}
          value={r.urgency}
          tone={r.urgency.name === 'critical' ? 'danger' : 'warning'}
          icon={TriangleAlert}
          rule={t('Urgency')}
        >
          {r.urgency.name === 'critical' ? t('Critical') : t('Urgent')}
        </Why>
      ) : null}
      {r.leaving ? (
        <Why {...common} title={t('May leave')} value={r.leaving} tone="danger" icon={DoorOpen} rule={t('May leave')}>
          {t('May leave')}
        </Why>
      ) : null}
      {r.sentiment.name === 'negative' ? (
        <Why {...common} title={t('Dissatisfied')} value={r.sentiment} tone="warning" icon={ThumbsDown}>
          {t('Dissatisfied')}
        </Why>
      ) : null}
      {list(r.emotions).map((e) => {
        const [icon, tone] = MOODS[e.name] ?? [Smile, 'plain']
        return (
          <Why
            key={e.name}
            {...common}
            title={t('Emotion: {{name}}', { name: t(emotionLabel(e.name)) })}
            value={e}
            tone={tone}
            icon={icon}
          >
            {t(emotionLabel(e.name))}
          </Why>
        )
      })}
      {list(r.effort).map((e) => (
        <Why
          key={e.name}
          {...common}
          title={t('Effort: {{what}}', { what: t(effortLabel(e.name)) })}
          value={e}
          tone="warning"
          icon={Gauge}
          rule={t('Effort')}
        >
          {t(effortLabel(e.name))}
        </Why>
      ))}
      {list(r.asks).map((a) => {
        const open = unanswered.has(a.text)
        return (
          <Why
            key={`${a.span.from} ${a.text}`}
            {...common}
            title={a.question ? t('A question') : t('A request')}
            value={{ name: a.text, confidence: 0, evidence: [a.span] }}
            tone={open ? 'warning' : 'plain'}
            icon={CircleHelp}
            rule={t('Questions and requests')}
          >
            {a.question ? t('Asks') : t('Wants')}: {a.text}
            {open ? ` (${t('not answered')})` : ''}
          </Why>
        )
      })}
      {list(r.promises).map((a) => (
        <Why
          key={`promise ${a.span.from}`}
          {...common}
          title={t('Promised')}
          value={{ name: a.text, confidence: 0, evidence: [a.span] }}
          icon={Handshake}
          rule={t('Promises')}
        >
          {t('Promised')}: {a.text}
        </Why>
      ))}
      {named(list(r.entities)).map(([e, evidence]) => (
        <Why
          key={`${e.span.from} ${e.kind}`}
          {...common}
          title={t(entityLabel(e.kind))}
          value={{ name: t('Understood as {{value}}', { value: e.value }), confidence: 0, evidence }}
          icon={Hash}
          rule={t(entityLabel(e.kind))}
        >
          {e.kind === 'product' || e.kind === 'date' ? `${t(entityLabel(e.kind))}: ${e.text}` : e.text}
        </Why>
      ))}
      {language && language !== 'und' && language !== i18n.language.slice(0, 2) ? (
        <Why {...common} title={t('Language')} value={r.language} icon={Languages}>
          {languages().of(language) ?? language}
        </Why>
      ) : null}
    </div>
  )
}

/** Each thing once, with every place where it is named. */
function named(entities: readonly Entity[]): [Entity, Span[]][] {
  const found = new Map<string, [Entity, Span[]]>()
  for (const e of entities) {
    const known = found.get(`${e.kind} ${e.value}`)
    if (known) known[1].push(e.span)
    else found.set(`${e.kind} ${e.value}`, [e, [e.span]])
  }
  return [...found.values()]
}

interface WhyProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly onMark: (spans: readonly Span[]) => void
  readonly title: string
  readonly value: Label
  readonly tone?: Tone
  readonly icon?: LucideIcon
  /** The name of the rule that found it; without one a model read it. */
  readonly rule?: string
  readonly children: ReactElement | string | readonly (string | ReactElement)[]
}

function Why({ item, reading, onMark, title, value, tone = 'plain', icon = Tag, rule, children }: WhyProps) {
  const spans = list(value.evidence)
  const origin = useOrigin()(item, reading, rule === undefined ? 'model' : 'rule', rule)
  return (
    <EvidenceChip
      title={title}
      spans={spans}
      onMark={onMark}
      confidence={value.confidence}
      origin={origin}
      tone={tone}
      icon={icon}
      chip={children}
    >
      <Evidence
        title={title}
        detail={value.confidence > 0 ? '' : value.name}
        item={item}
        spans={spans}
        confidence={value.confidence}
        origin={origin}
      />
    </EvidenceChip>
  )
}
