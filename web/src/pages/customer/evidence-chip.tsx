import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Span } from '../../api/types'
import { percent } from '../../lib/words'
import { ChipButton, type Tone } from '../../ui/chip'
import { Popover } from '../../ui/popover'

interface EvidenceChipProps {
  readonly title: string
  readonly spans: readonly Span[]
  readonly onMark: (spans: readonly Span[]) => void
  /** 0: found by rule, not by chance. */
  readonly confidence: number
  readonly origin: string
  readonly tone: Tone
  readonly icon: LucideIcon
  readonly chip: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly children: ReactNode
}

/**
 * A label of a message. Pointing at it or focusing it marks the words that moved
 * it and says how sure it is and where it comes from; a click or a tap opens all
 * of it, and the words stay marked meanwhile.
 */
export function EvidenceChip(props: EvidenceChipProps) {
  const { title, spans, onMark, confidence, origin, tone, icon, chip, children } = props
  const { t } = useTranslation()
  const about = useId()
  const [own, setOwn] = useState(false)
  const open = props.open ?? own
  const [pointed, setPointed] = useState(false)
  const [focused, setFocused] = useState(false)
  const shows = open || pointed || focused
  const latest = useRef({ spans, onMark })
  useEffect(() => {
    latest.current = { spans, onMark }
  })
  // The text belongs to the message around the chip. What was marked is cleared
  // when the chip leaves, too: a correction may take it away under the pointer.
  useEffect(() => {
    if (!shows) return
    latest.current.onMark(latest.current.spans)
    return () => latest.current.onMark([])
  }, [shows])
  const sure = confidence > 0 ? t('{{sure}} sure', { sure: percent(confidence) }) : ''
  const text = [sure, origin].filter((s) => s !== '').join('. ')
  return (
    <>
      <Popover
        label={title}
        open={open}
        onOpenChange={props.onOpenChange ?? setOwn}
        trigger={
          <ChipButton
            tone={tone}
            icon={icon}
            className="!max-w-72"
            aria-describedby={about}
            onPointerEnter={(e) => setPointed(e.pointerType !== 'touch')}
            onPointerLeave={() => setPointed(false)}
            onFocus={(e) => setFocused(e.currentTarget.matches(':focus-visible'))}
            onBlur={() => setFocused(false)}
          >
            {chip}
          </ChipButton>
        }
        tip={text}
      >
        {children}
      </Popover>
      <span id={about} className="sr-only">
        {text}
      </span>
    </>
  )
}
