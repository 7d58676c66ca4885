import { Ellipsis } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Span } from '../../api/types'
import { segments } from '../../lib/spans'

interface MarkedProps {
  readonly text: string
  readonly spans: readonly Span[]
  readonly offset: number
}

/** A text with the words marked that a label rests on. */
export function Marked({ text, spans, offset }: MarkedProps) {
  const parts = useMemo(() => (spans.length === 0 ? null : segments(text, spans, offset)), [text, spans, offset])
  if (parts === null) return text
  let at = 0
  return parts.map((p) => {
    const key = at
    at += p.text.length
    return p.marked ? <mark key={key}>{p.text}</mark> : <span key={key}>{p.text}</span>
  })
}

/** What repeats earlier messages, behind an ellipsis. */
export function Quoted({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        aria-label={open ? t('Hide the quoted text') : t('Show the quoted text')}
        title={open ? t('Hide the quoted text') : t('Show the quoted text')}
        onClick={() => setOpen(!open)}
        className="mt-1 inline-flex h-6 items-center rounded-control bg-sunken px-2 text-muted hover:text-text"
      >
        <Ellipsis aria-hidden />
      </button>
      {open ? (
        <p className="measure mt-1 border-l-2 border-line pl-3 text-body whitespace-pre-wrap text-muted [overflow-wrap:anywhere]">
          {text}
        </p>
      ) : null}
    </div>
  )
}

/**
 * The mail as it was sent, in a frame that can run nothing and load nothing; the
 * server adds its own policy. Its height is read from here.
 */
export function HtmlView({ id, images }: { readonly id: string; readonly images?: boolean }) {
  const { t } = useTranslation()
  const [height, setHeight] = useState(160)
  const attach = (frame: HTMLIFrameElement | null) => {
    if (!frame) return
    let observer: ResizeObserver | undefined
    const measure = () => {
      const root = frame.contentDocument?.documentElement
      if (!root) return
      observer?.disconnect()
      observer = new ResizeObserver(() => setHeight(Math.min(4000, Math.max(48, root.scrollHeight))))
      if (frame.contentDocument?.body) observer.observe(frame.contentDocument.body)
    }
    frame.addEventListener('load', measure)
    return () => {
      frame.removeEventListener('load', measure)
      observer?.disconnect()
    }
  }
  return (
    <iframe
      ref={attach}
      title={t('The message as it was sent')}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerPolicy="no-referrer"
      src={`/v1/interactions/${id}/html${images ? '?images=1' : ''}`}
      className="measure my-1 w-full rounded-control border border-line bg-[white]"
      style={{ height, colorScheme: 'light' }}
    />
  )
}
