import MarkdownIt from 'markdown-it'

/** As runtime/markdown.py has it, near enough for a preview: what readers get the server renders and cleans itself. */
const renderer = MarkdownIt('commonmark', { html: false, linkify: false, typographer: false })
  .enable(['table', 'strikethrough'])
  .disable('image')

export function preview(markdown: string): string {
  return renderer.render(markdown)
}
