import { Download, FileText } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../../api/desk'
import type { Attachment } from '../../api/types'
import { list } from '../../lib/list'
import { fileSize } from '../../lib/words'

const typeOf = (f: Attachment): string =>
  String((f as { content_type?: string; type?: string }).content_type ?? (f as { type?: string }).type ?? '')
const isImage = (f: Attachment): boolean => /^image\/(png|jpe?g|gif|webp|avif)$/i.test(typeOf(f))

/** The files of a message: pictures to look at, everything to keep. */
export function Attachments({ item }: { readonly item: Message }) {
  const { t } = useTranslation()
  const files = list(item.attachments)
  if (files.length === 0) return null
  return (
    <ul aria-label={t('Files')} className="mt-2 flex flex-wrap gap-2">
      {files.map((f, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the number is the file's address
        <li key={n}>
          <File file={f} path={`/v1/interactions/${item.id}/attachments/${n}`} />
        </li>
      ))}
    </ul>
  )
}

function File({ file, path }: { readonly file: Attachment; readonly path: string }) {
  const { t } = useTranslation()
  const [broken, setBroken] = useState(false)
  const name = file.name || t('Unnamed file')
  const size = file.size ? fileSize(file.size) : ''
  if (isImage(file) && !broken)
    return (
      <a
        href={path}
        target="_blank"
        rel="noopener noreferrer"
        title={`${name}, ${size}`}
        className="block overflow-hidden rounded-control border border-line"
      >
        <img
          src={path}
          alt={name}
          loading="lazy"
          onError={() => setBroken(true)}
          className="h-32 max-w-60 min-w-16 bg-sunken object-cover"
        />
      </a>
    )
  return (
    <a
      href={path}
      download={name}
      className="flex h-10 max-w-60 items-center gap-2 rounded-control border border-line bg-surface pr-3 pl-2 text-label hover:bg-sunken"
    >
      <FileText aria-hidden className="text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{name}</span>
        {size ? <span className="block text-meta text-muted">{size}</span> : null}
      </span>
      <Download aria-label={t('Download')} className="!size-3.5 text-muted" />
    </a>
  )
}
