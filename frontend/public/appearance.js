// Runs before the first paint, so that a dark page never flashes white. Not a module, and no inline script: the
// content security policy allows neither.
;(function () {
  var root = document.documentElement
  var wanted = 'system'
  var locale = ''
  try {
    wanted = localStorage.getItem('tidedesk.theme') || 'system'
    locale = localStorage.getItem('tidedesk.locale') || ''
  } catch (refused) {
    // A browser that keeps nothing gets the theme of the system.
  }
  var dark = wanted === 'dark' || (wanted === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.classList.toggle('dark', dark)
  if (locale) root.lang = locale
  root.dir = locale === 'ar' ? 'rtl' : 'ltr'
})()
