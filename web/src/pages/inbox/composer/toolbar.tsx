import type { Editor } from '@tiptap/react'
import { useEditorState } from '@tiptap/react'
import { Bold, Code, Italic, Link, List, ListOrdered, type LucideIcon, TextQuote, Unlink } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../../../ui/button'
import { cx } from '../../../ui/cx'
import { INPUT } from '../../../ui/field'
import { Popover } from '../../../ui/popover'

/** How the words look; the same as the usual keys. */
export function Toolbar({ editor }: { readonly editor: Editor }) {
  const { t } = useTranslation()
  const on = useEditorState({
    editor,
    selector: ({ editor: e }) => ({
      bold: e.isActive('bold'),
      italic: e.isActive('italic'),
      bullet: e.isActive('bulletList'),
      ordered: e.isActive('orderedList'),
      quote: e.isActive('blockquote'),
      code: e.isActive('code'),
      link: e.isActive('link'),
    }),
  })
  const one = (label: string, keys: string, icon: LucideIcon, active: boolean, run: () => void) => (
    <IconButton
      key={label}
      icon={icon}
      label={label}
      {...(keys ? { keys } : {})}
      small
      aria-pressed={active}
      onMouseDown={(e) => e.preventDefault()}
      onClick={run}
      className={cx('!size-7', active && 'bg-accent-soft !text-accent-hover')}
    />
  )
  const chain = () => editor.chain().focus()
  return (
    <div role="toolbar" aria-label={t('How it looks')} className="flex items-center">
      {one(t('Bold'), 'mod+b', Bold, on.bold, () => chain().toggleBold().run())}
      {one(t('Italic'), 'mod+i', Italic, on.italic, () => chain().toggleItalic().run())}
      {one(t('List'), '', List, on.bullet, () => chain().toggleBulletList().run())}
      {one(t('Numbered list'), '', ListOrdered, on.ordered, () => chain().toggleOrderedList().run())}
      {one(t('Quote'), '', TextQuote, on.quote, () => chain().toggleBlockquote().run())}
      {one(t('Code'), 'mod+e', Code, on.code, () => chain().toggleCode().run())}
      {on.link ? (
        one(t('Without the link'), '', Unlink, true, () => chain().unsetLink().run())
      ) : (
        <LinkButton editor={editor} />
      )}
    </div>
  )
}

function LinkButton({ editor }: { readonly editor: Editor }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [address, setAddress] = useState('')
  const save = () => {
    const text = address.trim()
    const href = /^(https?:|mailto:|tel:)/i.test(text) ? text : `https://${text}`
    setOpen(false)
    setAddress('')
    if (text === '') return
    const chain = editor.chain().focus()
    if (editor.state.selection.empty)
      chain.insertContent({ type: 'text', text, marks: [{ type: 'link', attrs: { href } }] }).run()
    else chain.setLink({ href }).run()
  }
  return (
    <Popover
      label={t('Link')}
      open={open}
      onOpenChange={setOpen}
      trigger={<IconButton icon={Link} label={t('Link')} small className="!size-7" />}
    >
      <form
        className="flex gap-2"
        onSubmit={(e) => {
          e.preventDefault()
          e.stopPropagation()
          save()
        }}
      >
        <input
          aria-label={t('Address of the link')}
          placeholder="example.com/help"
          value={address}
          onChange={(e) => setAddress(e.target.value)}
          className={INPUT}
        />
        <Button type="submit" look="primary">
          {t('Link')}
        </Button>
      </form>
    </Popover>
  )
}
