/** Titles of windows that only the data knows, such as that of an article. */
export function nameWindow(title: string): void {
  document.title = `${title} · Tidedesk`
}
