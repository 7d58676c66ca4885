import {
  Angry,
  CircleHelp,
  DoorOpen,
  Frown,
  Gauge,
  Hash,
  Languages,
  type LucideIcon,
  Smile,
  Tag,
  TriangleAlert,
} from 'lucide-react'
import type { ReactElement } from 'react'
import type { Interaction, Label, Reading, Span } from '../../api/types'
import { list } from '../../lib/list'
import { effortLabel, sentence } from '../../lib/words'
import { ChipButton, type Tone } from '../../ui/chip'
import { Popover } from '../../ui/popover'
import { Evidence } from './evidence'
import { IntentWhy } from './intent-why'
import { useIntentLabel } from './use-intents'
import { useCustomerView } from './view'

interface ChipsProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly onMark: (spans: readonly Span[]) => void
}

const MOODS: Readonly<Record<string, readonly [LucideIcon, Tone]>> = {
  joy: [Smile, 'success'],
  anger: [Angry, 'danger'],
  sadness: [Frown, 'warning'],
  fear: [Frown, 'warning'],
  disgust: [Angry, 'danger'],
}
const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' })

/** What the text was read as; each chip says why, and marks the words in the text. */
export function ReadingChips({ item, reading: r, onMark }: ChipsProps) {
  const view = useCustomerView()
  const label = useIntentLabel()
  const intents = list(r.intents)
  const best = intents[0]
  const language = r.language.name
  const unanswered = new Set(
    list(view.journeys.get(item.journey_id)?.unanswered)
      .filter((q) => q.interaction_id === item.id)
      .map((q) => q.text),
  )
  const common = { reading: r, item, onMark }
  return (
    <div role="group" aria-label="What Rapport read in it" className="mt-1.5 flex flex-wrap gap-1">
      {(best && !r.unknown) || (r.unknown && item.kind !== 'order' && item.kind !== 'event') ? (
        <IntentWhy
          item={item}
          reading={r}
          onMark={onMark}
          label={r.unknown || !best ? 'Intent not clear' : label(best.name)}
        />
      ) : null}
      {r.urgency.name !== '' && r.urgency.name !== 'normal' ? (
        <Why
          {...common}
          title={`Urgency: ${r.urgency.name}`}
          value={r.urgency}
          tone={r.urgency.name === 'critical' ? 'danger' : 'warning'}
          icon={TriangleAlert}
        >
          {r.urgency.name === 'critical' ? 'Critical' : 'Urgent'}
        </Why>
      ) : null}
      {r.leaving ? (
        <Why {...common} title="May leave" value={r.leaving} tone="danger" icon={DoorOpen}>
          May leave
        </Why>
      ) : null}
      {list(r.emotions).map((e) => {
        const [icon, tone] = MOODS[e.name] ?? [Smile, 'plain']
        return (
          <Why key={e.name} {...common} title={`Emotion: ${e.name}`} value={e} tone={tone} icon={icon}>
            {sentence(e.name)}
          </Why>
        )
      })}
      {list(r.effort).map((e) => (
        <Why
          key={e.name}
          {...common}
          title={`Effort: ${effortLabel(e.name).toLowerCase()}`}
          value={e}
          tone="warning"
          icon={Gauge}
        >
          {effortLabel(e.name)}
        </Why>
      ))}
      {list(r.asks).map((a) => {
        const open = unanswered.has(a.text)
        return (
          <Why
            key={`${a.span.from} ${a.text}`}
            {...common}
            title={a.question ? 'A question' : 'A request'}
            value={{ name: a.text, confidence: 0, evidence: [a.span] }}
            tone={open ? 'warning' : 'plain'}
            icon={CircleHelp}
          >
            {a.question ? 'Asks' : 'Wants'}: {a.text}
            {open ? ' (not answered)' : ''}
          </Why>
        )
      })}
      {list(r.entities).map((e) => (
        <Why
          key={`${e.span.from} ${e.kind}`}
          {...common}
          title={sentence(e.kind)}
          value={{ name: `Understood as ${e.value}`, confidence: 0, evidence: [e.span] }}
          icon={Hash}
        >
          {e.kind === 'product' || e.kind === 'date' ? `${sentence(e.kind)}: ${e.text}` : e.text}
        </Why>
      ))}
      {language && language !== 'und' && language !== 'en' ? (
        <Why {...common} title="Language" value={r.language} icon={Languages}>
          {LANGUAGES.of(language) ?? language}
        </Why>
      ) : null}
    </div>
  )
}

interface WhyProps {
  readonly item: Interaction
  readonly reading: Reading
  readonly onMark: (spans: readonly Span[]) => void
  readonly title: string
  readonly value: Label
  readonly tone?: Tone
  readonly icon?: LucideIcon
  readonly children: ReactElement | string | readonly (string | ReactElement)[]
}

function Why({ item, reading, onMark, title, value, tone = 'plain', icon = Tag, children }: WhyProps) {
  const spans = list(value.evidence)
  return (
    <Popover
      label={title}
      onOpenChange={(open) => onMark(open ? spans : [])}
      trigger={
        <ChipButton tone={tone} icon={icon} className="!max-w-72">
          {children}
        </ChipButton>
      }
    >
      <Evidence
        title={title}
        detail={value.confidence > 0 ? '' : value.name}
        item={item}
        spans={spans}
        confidence={value.confidence}
        model={reading.model}
      />
    </Popover>
  )
}
