import { PluginKey } from '@tiptap/pm/state'
import { Extension } from '@tiptap/react'
import { Suggestion } from '@tiptap/suggestion'

export interface Suggested {
  readonly id: string
  readonly label: string
  readonly hint?: string
  /** A sign that stands for it. */
  readonly sign?: string
}

export interface SuggestState {
  readonly char: string
  readonly items: readonly Suggested[]
  readonly index: number
  readonly rect: DOMRect
  readonly pick: (item: Suggested) => void
}

export interface Source {
  readonly char: '@' | ':' | '/'
  readonly items: (query: string) => readonly Suggested[]
  /** What replaces the typed sign and letters. */
  readonly insert: (item: Suggested) => object | string | undefined
  readonly onPick?: (item: Suggested) => void
}

interface Options {
  readonly sources: () => readonly Source[]
  readonly show: (state: SuggestState | undefined) => void
}

/** Offers people after "@", signs after ":", macros after "/" while somebody writes. */
export function suggestions(options: Options): Extension {
  return Extension.create({
    name: 'suggestions',
    addProseMirrorPlugins() {
      return (['@', ':', '/'] as const).map((char) => {
        const source = () => options.sources().find((s) => s.char === char)
        let state: SuggestState | undefined
        const show = (next: SuggestState | undefined) => {
          state = next
          options.show(next)
        }
        return Suggestion<Suggested, Suggested>({
          editor: this.editor,
          char,
          pluginKey: new PluginKey(`suggest ${char}`),
          startOfLine: false,
          allowSpaces: false,
          allow: () => source() !== undefined,
          items: ({ query }) => {
            const s = source()
            // A colon alone is punctuation.
            if (!s || (char === ':' && query.length < 2)) return []
            return [...s.items(query.toLowerCase())].slice(0, 8)
          },
          command: ({ editor, range, props }) => {
            const s = source()
            const content = s?.insert(props)
            const chain = editor.chain().focus().deleteRange(range)
            if (content !== undefined) chain.insertContent(content).run()
            else chain.run()
            s?.onPick?.(props)
          },
          render: () => ({
            onStart: (p) => {
              const rect = p.clientRect?.()
              if (rect && p.items.length > 0) show({ char, items: p.items, index: 0, rect, pick: p.command })
            },
            onUpdate: (p) => {
              const rect = p.clientRect?.()
              if (!rect || p.items.length === 0) show(undefined)
              else
                show({
                  char,
                  items: p.items,
                  index: Math.min(state?.index ?? 0, p.items.length - 1),
                  rect,
                  pick: p.command,
                })
            },
            onKeyDown: ({ event }) => {
              if (!state) return false
              const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
              if (move !== 0) {
                const n = state.items.length
                show({ ...state, index: (state.index + move + n) % n })
                return true
              }
              if ((event.key === 'Enter' || event.key === 'Tab') && !event.ctrlKey && !event.metaKey) {
                const item = state.items[state.index]
                if (item) state.pick(item)
                return true
              }
              if (event.key === 'Escape') {
                show(undefined)
                return true
              }
              return false
            },
            onExit: () => show(undefined),
          }),
        })
      })
    },
  })
}
