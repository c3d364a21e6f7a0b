/** Nothing of the application is there yet, so this is plain HTML, and in English. */
export function showStartFailed(reason: unknown): void {
  const main = document.createElement('main')
  const heading = document.createElement('h1')
  heading.textContent = 'Tidedesk could not start'
  const text = document.createElement('p')
  text.textContent = 'Its server did not say where the desk is. Check your connection, then load the page again.'
  const detail = document.createElement('pre')
  detail.textContent = reason instanceof Error ? reason.message : String(reason)
  main.className = 'start-failed'
  main.append(heading, text, detail)
  document.querySelector('#app')?.replaceChildren(main)
}
