import { t } from 'i18next'
import {
  CalendarDays,
  FileText,
  Globe,
  type LucideIcon,
  Mail,
  MessageCircle,
  MessageSquareText,
  MessagesSquare,
  NotebookPen,
  Phone,
  Plug,
  Share2,
  ShoppingBag,
  Star,
  Store,
  Users,
} from 'lucide-react'
import type { Channel, Kind } from '../api/types'
import { channelLabel } from '../lib/words'
import { cx } from './cx'

const GLYPHS: Readonly<Record<Channel, readonly [LucideIcon, string]>> = {
  mail: [Mail, 'var(--hue-1)'],
  chat: [MessagesSquare, 'var(--hue-3)'],
  phone: [Phone, 'var(--hue-2)'],
  text: [MessageSquareText, 'var(--hue-6)'],
  messenger: [MessageCircle, 'var(--hue-6)'],
  social: [Share2, 'var(--hue-4)'],
  community: [Users, 'var(--hue-4)'],
  in_person: [Store, 'var(--hue-2)'],
  web: [Globe, 'var(--hue-5)'],
  review: [Star, 'var(--hue-5)'],
  api: [Plug, 'var(--muted)'],
}

const KINDS: Partial<Readonly<Record<Kind, LucideIcon>>> = {
  order: ShoppingBag,
  note: NotebookPen,
  meeting: CalendarDays,
  form: FileText,
}

interface ChannelGlyphProps {
  readonly channel: Channel
  readonly kind?: Kind
  readonly className?: string
  /** Leave the name out where text beside the glyph says it. */
  readonly silent?: boolean
}

export function ChannelGlyph({ channel, kind, className, silent }: ChannelGlyphProps) {
  const [base, color] = GLYPHS[channel] ?? GLYPHS.api
  const Icon = (kind && KINDS[kind]) ?? base
  const name = t(channelLabel(channel))
  return silent ? (
    <Icon aria-hidden className={cx(className)} style={{ color }} />
  ) : (
    <span title={name} className="inline-flex">
      <Icon role="img" aria-label={name} className={cx(className)} style={{ color }} />
    </span>
  )
}
